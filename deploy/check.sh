#!/usr/bin/env bash
# Builds the Kubernetes manifests and checks them, the Dockerfile and the Compose file, without a cluster, an engine or
# a network. `make manifests` runs it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

need() {
  command -v "$1" >/dev/null || { echo "There is no $1: $2" >&2; exit 1; }
}
need kubectl "install it (https://kubernetes.io/docs/tasks/tools/); no cluster is needed"
need kubernetes-validate "run this by \`make manifests\`"
need hadolint "run this by \`make manifests\`"

built=$(mktemp -d)
trap 'rm -rf "$built"' EXIT
failed=()

for kustomization in deploy/base deploy/overlays/*/ deploy/components/*/; do
  kustomization=${kustomization%/}
  manifests="$built/${kustomization//\//-}.yaml"
  echo "Checking $kustomization"
  if ! kubectl kustomize "$kustomization" >"$manifests"; then
    failed+=("$kustomization: kubectl kustomize")
  # --strict: a misspelt field is an error.
  # cert-manager's kinds are not Kubernetes' own: it says that it does not know them, which is not news.
  elif ! kubernetes-validate -k 1.32 --strict --quiet "$manifests" > >(grep -v 'api version cert-manager.io'); then
    failed+=("$kustomization: kubernetes-validate")
  fi
done

echo "Checking deploy/Dockerfile"
hadolint deploy/Dockerfile || failed+=("deploy/Dockerfile: hadolint")

echo "Checking deploy/compose.yaml"
python -c 'import sys, yaml; yaml.safe_load(open(sys.argv[1]))["services"]' deploy/compose.yaml ||
  failed+=("deploy/compose.yaml: not a Compose file")
if docker compose version >/dev/null 2>&1; then
  KEVA_PUBLIC_URL=https://sms.example.com KEVA_CONSOLE_URL=https://support.example.com \
    docker compose -f deploy/compose.yaml config --quiet ||
    failed+=("deploy/compose.yaml: docker compose config")
fi

if ((${#failed[@]})); then
  printf 'Not right: %s\n' "${failed[@]}" >&2
  exit 1
fi
echo "All manifests are right."
