"""The kustomize Component of an environment: what it changes, and that it names only what is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import invariants
import kustomize
import pytest
from deployed import COMMIT, Deploy, environment, of_kind

from jeyn.cli.main import main

COMPONENT = """\
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
patches:
- target: {kind: ServiceAccount}
  patch: "- {op: add, path: /imagePullSecrets, value: [{name: registry}]}"
"""


def test_a_component_of_kustomize_changes_what_is_deployed(
    deploy: Deploy, built: Callable[..., list[dict[str, Any]]], capsys: pytest.CaptureFixture[str]
) -> None:
    own = environment("production", 'kustomize = "deploy/production"')
    root = deploy(own, environment("staging"), files={"deploy/production/kustomization.yaml": COMPONENT})
    changed = of_kind(built(root, "production"), "ServiceAccount").values()
    assert [one["imagePullSecrets"] for one in changed] == [[{"name": "registry"}]] * 2
    assert all("imagePullSecrets" not in one for one in of_kind(built(root, "staging"), "ServiceAccount").values())
    assert invariants.findings(built(root, "production"), commit=COMMIT) == []
    (root / "deploy/production/kustomization.yaml").write_text("kind: Kustomization\n")
    assert main(["-C", str(root), "lint"]) == 1
    assert "'deploy/production' holds a kustomization.yaml that is no Component" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("named", "told"),
    [
        ("resources: [quota.yaml]", "'quota.yaml' is not there"),
        ("resources: [../outside.yaml]", "'../outside.yaml' is not in deploy/production"),
        ("components: [../labels]", "'../labels' is no folder with a kustomization.yaml"),
        ("components: [../../../labels]", "'../../../labels' leaves the repository"),
        ("patches: [{path: accounts.yaml}]", "'accounts.yaml' is not there"),
        ("replacements: [{path: names.yaml}]", "'names.yaml' is not there"),
    ],
)
def test_what_kustomize_cannot_build_is_told_before(
    named: str,
    told: str,
    deploy: Deploy,
    built: Callable[..., list[dict[str, Any]]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    outside = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: outside}\n"
    files = {"deploy/production/kustomization.yaml": COMPONENT, "deploy/outside.yaml": outside}
    root = deploy(environment("production", 'kustomize = "deploy/production"'), files=files)
    assert built(root, "production")
    (root / "deploy/production/kustomization.yaml").write_text(f"{COMPONENT.partition('patches')[0]}{named}\n")
    with pytest.raises(kustomize.NotBuilt):
        built(root, "production")
    assert main(["-C", str(root), "lint"]) == 1
    said = capsys.readouterr().out
    assert said.count("JYN801") == 1
    assert "deploy/production/kustomization.yaml:3:" in said
    assert told in said


def test_a_component_of_kustomize_may_name_what_is_there(
    deploy: Deploy, built: Callable[..., list[dict[str, Any]]]
) -> None:
    component = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
    files = {
        "deploy/production/kustomization.yaml": f"{component}components: [../common]\npatches: [{{path: one/two.yml}}]\n",
        "deploy/production/one/two.yml": "kind: ServiceAccount\napiVersion: v1\nmetadata: {name: jeyn, labels: {a: b}}\n",
        "deploy/common/kustomization.yaml": COMPONENT,
    }
    root = deploy(environment("production", 'kustomize = "deploy/production"'), files=files)
    accounts = of_kind(built(root, "production"), "ServiceAccount")
    assert all(one["imagePullSecrets"] for one in accounts.values())
    assert {one["metadata"]["labels"].get("a") for one in accounts.values()} == {None, "b"}
