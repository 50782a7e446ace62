"""What any Keva process needs: errors, servers, channels, settings, logs. Names no domain word,
save in the lists that all must agree on (limits.py, rpc_policy.yaml); imports no service."""
