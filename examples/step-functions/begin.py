"""The first step of a fleet's night: plans it, and tells the distributed map of Step Functions over what it goes.

The folder of the fleet is on the file system that all containers share; the list of accounts goes to the bucket.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import boto3

command = ["muster", "fleet", "begin", *sys.argv[1:]]
done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603  # what the job was given
begun = json.loads(done.stdout)
items = [{"fleet": begun["fleet"], "account": account} for account in begun["accounts"]]
boto3.client("s3").put_object(Bucket=os.environ["BUCKET"], Key="map/accounts.json", Body=json.dumps(items).encode())
Path("/fleets/current").write_text(begun["fleet"], encoding="utf-8")
