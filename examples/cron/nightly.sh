#!/usr/bin/env bash
# One night, by cron or a systemd timer:
#   17 2 * * *  /srv/muster/nightly.sh
# In /srv/muster: estate/, .venv/ with Muster in it, and secrets.env, which nobody else may read.
set -euo pipefail
cd "$(dirname "$0")"

# Two nights at once would ask each account twice.
exec 9> .nightly.lock
flock --nonblock 9 || { echo "the night before is still running" >&2; exit 75; }

if [ -e secrets.env ]; then
  set -o allexport
  # shellcheck source=/dev/null
  . ./secrets.env
  set +o allexport
fi

code=0
.venv/bin/pytest \
  --profile="${MUSTER_PROFILE:-baseline}" --account="${MUSTER_ACCOUNTS:-all}" \
  --reports="${MUSTER_REPORTS:-s3://acme-evidence/nights}" --since=latest --fail-on=new --notify=webhook \
  || code=$?

# The runs are in the bucket; here the last fortnight stays.
.venv/bin/muster prune reports/runs --keep-days=14 --yes
exit "$code"
