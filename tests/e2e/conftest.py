"""The servers, the images and the repository that the tests on a real cluster share."""

from __future__ import annotations

import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from forwarding import Forward
from kube import Kube, remove_namespace
from postgres import Postgres
from repository import ENVIRONMENT, ROOT, Repository, setting
from versity import VersityGateway


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """PostgreSQL, which pods reach by the address of this machine."""
    server = Postgres()
    with server:
        forward = Forward(setting("JEYN_E2E_HOST"), server.port)
        yield server
        forward.close()
    server.remove()


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VersityGateway]:
    """An S3 server, likewise."""
    with VersityGateway(tmp_path_factory.mktemp("s3")) as server:
        forward = Forward(setting("JEYN_E2E_HOST"), server.port)
        yield server
        forward.close()


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel of this Jeyn, which no index has."""
    folder = tmp_path_factory.mktemp("wheels")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", str(folder)]
    subprocess.run([*command, str(ROOT)], check=True)
    return folder


@pytest.fixture(scope="session")
def kube() -> Iterator[Kube]:
    """The namespace of the tests, of a name of its own, which is removed at the end."""
    kube = Kube(f"jeyn-e2e-{secrets.token_hex(3)}")
    remove = ("delete", "application/churn-live", "appproject/churn", "-n", "argocd", "--ignore-not-found")
    kube.run(*remove)  # of a run that was cut off
    yield kube
    kube.run(*remove)
    remove_namespace(kube)


@pytest.fixture(scope="session")
def repository(
    tmp_path_factory: pytest.TempPathFactory,
    kube: Kube,
    postgres: Postgres,
    s3: VersityGateway,
    monkeysession: pytest.MonkeyPatch,
) -> Repository:
    """A new repository with an environment that runs pods, its parts ready, nothing deployed."""
    folder = tmp_path_factory.mktemp("repository")
    bare = folder / "churn.git"
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch", "main", str(bare)], check=True)
    made = Repository(folder / "churn", bare, kube, "churn")
    subprocess.run([sys.executable, "-m", "jeyn", "init", str(made.root)], check=True, stdout=subprocess.DEVNULL)
    (made.root / "components/live").mkdir(parents=True)
    (made.root / "components/live/ledger.yaml").write_text((ROOT / "components/postgres/ledger.yaml").read_text())
    environment = ENVIRONMENT.format(
        name=made.name,
        bucket=s3.create_bucket("churn-live"),
        namespace=kube.namespace,
        image=setting("JEYN_E2E_IMAGE"),
        sidecar=setting("JEYN_E2E_SIDECAR"),
        repository=f"{setting('JEYN_E2E_REPOSITORY')}{bare}",
    )
    settings = made.root / "pyproject.toml"
    settings.write_text(settings.read_text().replace("\n[tool.mypy]", f"{environment}\n[tool.mypy]", 1))
    # It would choose other kernels here than in pods, which give other last bits.
    monkeysession.delenv("OPENBLAS_CORETYPE", raising=False)
    database = postgres.create_database("churn")
    for name, value in {"JEYN_POSTGRES": database, **s3.client_environment}.items():
        monkeysession.setenv(name, value)  # for this machine; pods get the address by which they reach it
    host = setting("JEYN_E2E_HOST")
    reached = {name: value.replace("127.0.0.1", host) for name, value in s3.client_environment.items()}
    reached["JEYN_POSTGRES"] = database.replace("127.0.0.1", host)
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    kube.apply(
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": kube.namespace, "labels": labels}},
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": "jeyn-secrets", "namespace": kube.namespace},
            "stringData": reached,
        },
    )
    return made


@pytest.fixture(scope="session")
def monkeysession() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        yield patch
