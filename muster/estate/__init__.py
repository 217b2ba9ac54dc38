"""What the organization declares: its accounts, facts, waivers and attestations."""
