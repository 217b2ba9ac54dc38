"""What an audit must be allowed, as policies that IAM takes."""
