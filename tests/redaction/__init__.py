"""Whether a secret of the account under audit can get into the evidence."""
