"""A real S3 server on loopback, the Versity S3 gateway, over a folder."""

from __future__ import annotations

import http.client
from contextlib import closing
from pathlib import Path

from ports import free_port
from processes import LOOPBACK, ServerProcess
from programs import built

ACCESS_KEY, SECRET_KEY, REGION = "jeyn-tests", "jeyn-tests-secret", "us-east-1"


class VersityGateway(ServerProcess):
    """Its buckets are the folders below `FOLDER/buckets`; what S3 stores about an object is kept beside them."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._buckets = folder / "buckets"
        attributes = folder / "attributes"
        for made in (self._buckets, attributes):
            made.mkdir(exist_ok=True)
        gateway = ["--port", f"{LOOPBACK}:{self.port}", "--region", REGION, "--quiet", "--keep-alive"]
        # Not in extended attributes, which a tmpfs may lack.
        backend = ["posix", "--sidecar", str(attributes), str(self._buckets)]
        keys = {"ROOT_ACCESS_KEY": ACCESS_KEY, "ROOT_SECRET_KEY": SECRET_KEY}
        super().__init__("versitygw", [str(built("versitygw")), *gateway, *backend], folder, environment=keys)

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def client_environment(self) -> dict[str, str]:
        """What an S3 client needs in its environment to be let in, by the names that AWS gave them."""
        return {
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_REGION": REGION,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ALLOW_HTTP": "true",
        }

    def ready(self) -> bool:
        try:
            with closing(http.client.HTTPConnection(LOOPBACK, self.port, timeout=5)) as connection:
                connection.request("GET", "/")
                return connection.getresponse().status == 403  # it works, and lets no stranger in
        except (OSError, http.client.HTTPException):
            return False

    def create_bucket(self, name: str) -> str:
        """A new, empty bucket; its name, which has 3 to 63 characters."""
        assert 3 <= len(name) <= 63, name
        (self._buckets / name).mkdir()
        return name

    def file(self, bucket: str, key: str) -> Path:
        """Where an object's bytes are, to be changed behind the server's back."""
        return self._buckets / bucket / key
