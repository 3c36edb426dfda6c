"""A real S3 server for tests, which checks who asks and every signature."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import botocore.session
from botocore.exceptions import EndpointConnectionError

from tests.servers import free_port

NAME = "shop"
REGION = "eu-central-1"
SETTING_UP = 4
"""Calls that need no login: a user, his rights, his key, the bucket."""
RIGHTS = (
    '{"Version": "2012-10-17",'
    ' "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'
)


def client(service: str, endpoint: str) -> Any:
    """AWS's own, as nobody that is known."""
    return botocore.session.get_session().create_client(
        service,
        region_name=REGION,
        endpoint_url=endpoint,
        aws_access_key_id="nobody",
        aws_secret_access_key="nothing",
    )


@contextlib.contextmanager
def running_bucket() -> Iterator[dict[str, str]]:
    """The settings of a Baton that uses it."""
    port = free_port()
    endpoint = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        env={**os.environ, "INITIAL_NO_AUTH_ACTION_COUNT": str(SETTING_UP)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield _set_up(endpoint)
    finally:
        process.terminate()
        process.wait()


def _set_up(endpoint: str) -> dict[str, str]:
    iam = client("iam", endpoint)
    deadline = time.monotonic() + 30
    while True:
        try:
            iam.create_user(UserName="baton")
            break
        except EndpointConnectionError:
            assert time.monotonic() < deadline, "the bucket's server did not start"
            time.sleep(0.1)
    iam.put_user_policy(UserName="baton", PolicyName="all", PolicyDocument=RIGHTS)
    key = iam.create_access_key(UserName="baton")["AccessKey"]
    where = {"LocationConstraint": REGION}
    client("s3", endpoint).create_bucket(Bucket=NAME, CreateBucketConfiguration=where)
    return {
        "media_url": f"s3://{NAME}/of baton/ä?region={REGION}&endpoint={endpoint}",
        "aws_access_key_id": key["AccessKeyId"],
        "aws_secret_access_key": key["SecretAccessKey"],
    }
