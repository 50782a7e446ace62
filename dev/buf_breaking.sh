#!/usr/bin/env bash
# Compares the protos with the newest version tag, or with main when there is none yet: a published contract is
# never broken. In a first commit there is nothing to compare with.
set -euo pipefail
against=$(git describe --tags --abbrev=0 --match 'v*' 2>/dev/null || git rev-parse --verify --quiet origin/main || git rev-parse --verify --quiet main || true)
if [ -z "$against" ] || ! git ls-tree -d --name-only "$against" protos | grep -q protos; then
  echo "buf breaking: no earlier protos to compare with"
  exit 0
fi
buf breaking --against ".git#ref=$against"
