"""Police referral (行刑衔接): from the question to the outcome of the criminal case."""
