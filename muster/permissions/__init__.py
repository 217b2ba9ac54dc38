"""What an audit must be allowed: the IAM actions behind the questions of controls, and policies that allow these."""
