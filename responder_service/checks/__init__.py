"""What a draft must not do: rules that each draft passes before it may go, whoever wrote it."""
