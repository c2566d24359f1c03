"""What a policy's lists would have been worth, from lists that another policy showed."""
