"""What schemas and Argo's validator miss is caught by rules of our own, each in the place where it is."""

from __future__ import annotations

import re
from typing import Any

import invariants
import pytest
import right_manifests
from right_manifests import COMMIT

_IMAGE = "        image: ghcr.io/example/digits:{{workflow.parameters.jeyn-commit}}"
_STRICT = "allowPrivilegeEscalation: false"
_PULL = "ghcr.io/example/daprd:1.14.0"
_SCRATCH = "- {name: scratch, emptyDir: {}}"

# What is broken in train.yaml, and what must be found.
_BROKEN = {
    # values
    "timeout": ("timeout: 2h", "timeout: 2 h", r"template step: timeout: 2 h is no duration"),
    "timeout without a unit": ("timeout: 2h", "timeout: '7200'", r"timeout: 7200 is no duration"),
    "timeout in days": ("timeout: 2h", "timeout: 1d", r"timeout: 1d is no duration"),
    "backoff": ("duration: 30s", "duration: 30sec", r"retryStrategy.backoff.duration: 30sec is no duration"),
    "longest backoff": ("maxDuration: 10m", "maxDuration: ten", r"backoff.maxDuration: ten is no duration"),
    "factor": ('factor: "2"', 'factor: "two"', r"retryStrategy.backoff.factor: two is no whole number"),
    "memoize": ("timeout: 2h", "memoize: {maxAge: 60, key: k, cache: {}}", r"memoize.maxAge: 60 is no duration"),
    "suspend": ("timeout: 2h", "suspend: {duration: soon}", r"suspend.duration: soon is no duration"),
    "pod clean-up": ("deleteDelayDuration: 10m", "deleteDelayDuration: 10min", r"podGC.deleteDelayDuration: 10min"),
    "time zone": ("Europe/Berlin", "Europe/Munich", r"CronWorkflow/train-nightly: spec.timezone: Europe/Munich"),
    "time zone that is a folder": ("Europe/Berlin", "Europe", r"spec.timezone: Europe is no time zone"),
    "limit of retries": ('limit: "2"', 'limit: "-2"', r"retryStrategy.limit: -2 is no whole number"),
    "left over": ("path: /v1.0/healthz/outbound", "path: '${PATH}/v1.0'", r"startupProbe.httpGet.path: \$\{PATH\}/v1.0 was not substituted"),
    "patch": ("  podGC:", "  podSpecPatch: '{hostPID'\n  podGC:", r"spec.podSpecPatch: \{hostPID is no patch of a pod"),
    "patch that is a list": ("timeout: 2h", "podSpecPatch: '[]'", r"spec.templates\[1\].podSpecPatch: \[\] is no patch"),
    # names
    "name": ("name: train-nightly", "name: train_nightly", r"metadata.name: train_nightly is no DNS subdomain"),
    "namespace": ("name: train-nightly", "name: train-nightly, namespace: a.b", r"metadata.namespace: a.b is no DNS label"),
    "label": ("name: train-nightly", "name: train-nightly, labels: {version: 1.0+dev}", r"labels: version: 1.0\+dev is no value"),
    "long label": ("name: train-nightly", f"name: train-nightly, labels: {{a: {'x' * 64}}}", r"labels: a: x+ is no value"),
    "label that is a number": ("name: train-nightly", "name: train-nightly, labels: {version: 1}", r"labels: version: 1 is no value"),
    "key of a label": ("name: train-nightly", "name: train-nightly, labels: {a/b/c: d}", r"labels: a/b/c is no key"),
    "label of pods": ("    annotations: {jeyn.dev/commit: \"", "    labels: {name: a b}\n    annotations: {jeyn.dev/commit: \"", r"template finish: labels: name: a b is no value"),
    "key of an annotation": ("jeyn.dev/description", "jeyn dev/description", r"annotations: jeyn dev/description is no key"),
    "name of a container": ("name: daprd", "name: Daprd", r"initContainers: Daprd is no DNS label"),
    "name of a volume": ("- {name: scratch,", "- {name: scratch_1,", r"volumes: scratch_1 is no DNS label"),
    # references
    "prefix": ("{{inputs.parameters.name}}", "{{inptus.parameters.name}}", r"\{\{inptus.parameters.name\}\} is no variable"),
    "variable of the workflow": ("{{workflow.status}}", "{{workflow.stauts}}", r"\{\{workflow.stauts\}\} is no variable"),
    "parameter": ("{{workflow.status}}", "{{workflow.parameters.D}}", r"workflow.parameters.D is no argument"),
    "parameter in an expression": ("workflow.parameters.C}}", "workflow.parameters.D}}", r"workflow.parameters.D is no arg"),
    "parameter by index": ("workflow.parameters.C}}", "workflow.parameters['D']}}", r"workflow.parameters.D is no arg"),
    "parameter in a hook": ('workflow.status == "Failed"', 'workflow.parameters.D == "x"', r"hooks.failed.expression: workflow.parameters.D is"),
    "parameter of pods": ("{{workflow.parameters.jeyn-commit}}", "{{workflow.parameters.comit}}", r"podMetadata.*workflow.parameters.comit is no"),
    "input in an expression": ("{{=inputs.parameters.name", "{{=inputs.parameters.nam", r"inputs.parameters.nam is no input"),
    "task that does not end before": ("depends: scale.Succeeded", "depends: ''", r"template main: fit-all: when: scale does not end before fit-all"),
    "task that is used by index": ("value: scale}", "value: \"{{=tasks['fit-all'].status}}\"}", r"scale: arguments.*: fit-all does not end before scale"),
    "ghost argument": ("{name: name, value: scale}", "{name: name, value: scale}, {name: old, value: x}", r"template main: scale: the argument old"),
    "ghost argument of a cron": ('{name: C, value: "2.0"}', '{name: D, value: "2.0"}', r"CronWorkflow/train-nightly: the argument D"),
    "ghost argument of a hook": ("failed: {template: finish,", "failed: {template: finish, arguments: {parameters: [{name: x}]},", r"hook failed: the argument x"),
    "template of a hook": ("failed: {template: finish,", "failed: {template: finsh,", r"hook failed: there is no template finsh"),
    "templateRef of a hook": ("failed: {template: finish,", "failed: {templateRef: {name: none, template: x},", r"hook failed: there is no template none/x"),
    "argument that a hook lacks": ("failed: {template: finish,", "failed: {template: step,", r"hook failed: no argument name"),
    "hook that never happens": (', expression: workflow.status == "Failed"', "", r"hook failed: no expression that says when"),
    # volumes and containers
    "mount of no volume": ("volumeMounts: [{name: scratch", "volumeMounts: [{name: scrtach", r"container main: mounts scrtach"),
    "two volumes of one name": (_SCRATCH, f"{_SCRATCH}\n    - {{name: scratch, secret: {{}}}}", r"two volumes are called scratch"),
    "volume of the spec again": ("timeout: 2h", "volumes: [{name: scratch, emptyDir: {}}]", r"template step: two volumes are called scratch"),
    "two mounts at one place": ("[{name: scratch, mountPath: /tmp}]", "[{name: scratch, mountPath: /tmp}, {name: components, mountPath: /tmp}]", r"mounts two volumes at /tmp"),
    "two containers of one name": ("name: daprd", "name: main", r"two containers are called main"),
    "restartPolicy": ("restartPolicy: Always", "restartPolicy: OnFailure", r"restartPolicy OnFailure in initContainers"),
    "restartPolicy of main": (_IMAGE, f"{_IMAGE}\n        restartPolicy: Always", r"restartPolicy Always in containers"),
    "tag latest": (_PULL, "ghcr.io/example/daprd:latest", r"container daprd: the image .*:latest has the tag latest"),
    "no tag": (_PULL, "localhost:5000/daprd", r"the image localhost:5000/daprd has no tag"),
    "no command": ("          command: [/daprd]\n", "", r"container daprd: no command"),
    "no request": ("requests: {cpu: 100m, memory: 128Mi}", "requests: {cpu: 100m}", r"no request of memory"),
    "no limits": ('            limits: {cpu: "1", memory: 1Gi}\n', "", r"no limit of cpu and memory"),
    "request above the limit": ("cpu: 100m", "cpu: 1500m", r"requests 1500m of cpu, more than its limit 1"),
    "root that can be written": ("readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", r"root file system is not read-only"),
    "no sidecar": ("name: daprd", "name: other", r"template step: no sidecar daprd"),
    "sidecar that never ends": ("restartPolicy: Always", "stdin: false", r"daprd is no native sidecar"),
    "sidecar that nobody waits for": ("startupProbe: {", "livenessProbe: {", r"daprd has no startupProbe"),
    # pods that consist of Argo's own containers
    "limits of what creates": (", limits: {cpu: 200m, memory: 64Mi}", "", r"train-started: template submit: container main: no limit of cpu and memory"),
    "limits of what begins it": (", limits: {cpu: 100m, memory: 64Mi}", "", r"template submit: container init: no limit of cpu and memory"),
    "escalation of what creates": ("true, allowPrivilegeEscalation: false", "true", r"template submit: container main: allowPrivilegeEscalation is not false"),
    "root of what begins it": ("{allowPrivilegeEscalation: false, readOnlyRootFilesystem: true,", "{allowPrivilegeEscalation: false,", r"template submit: container init: its root file system is not read-only"),
    "mount of what begins it": ("name: tmp-dir-argo", "name: tmp-dir", r"template submit: container init: mounts tmp-dir, which is no volume"),
    "container that is none of them": ("          - name: main", "          - name: mian", r"template submit: container mian: no image"),
    # the restricted Pod Security Standard
    "host network": ("  podGC:", "  hostNetwork: true\n  podGC:", r"hostNetwork is set"),
    "host process ID space": ("  podGC:", "  podSpecPatch: '{\"hostPID\": true}'\n  podGC:", r"hostPID is set"),
    "host path": (_SCRATCH, "- {name: scratch, hostPath: {path: /}}", r"the volume scratch is a hostPath"),
    "network volume": (_SCRATCH, "- {name: scratch, nfs: {path: /, server: x}}", r"the volume scratch is a nfs"),
    "sysctl": ("runAsNonRoot: true", "runAsNonRoot: true\n    sysctls: [{name: kernel.msgmax, value: '1'}]", r"sysctl kernel.msgmax"),
    "root": ("runAsNonRoot: true", "runAsNonRoot: true\n    runAsUser: 0", r"runAsUser is 0"),
    "root of a container": (_STRICT, f"runAsUser: 0\n            {_STRICT}", r"container daprd: runAsUser is 0"),
    "maybe root": ("runAsNonRoot: true", "runAsUser: 1", r"runAsNonRoot is not true"),
    "maybe root of a container": (_STRICT, f"runAsNonRoot: false\n            {_STRICT}", r"runAsNonRoot is not true"),
    "no seccomp": ("    seccompProfile: {type: RuntimeDefault}\n", "", r"container main: no seccompProfile"),
    "unconfined": ("seccompProfile: {type: RuntimeDefault}", "seccompProfile: {type: Unconfined}", r"seccompProfile is Unconfined"),
    "unconfined container": (_STRICT, f"seccompProfile: {{type: Unconfined}}\n            {_STRICT}", r"container daprd: seccompProfile is Unconfined"),
    "unconfined by AppArmor": (_STRICT, f"appArmorProfile: {{type: Unconfined}}\n            {_STRICT}", r"appArmorProfile is Unconfined"),
    "annotation of AppArmor": ("    annotations: {jeyn", "    annotations: {container.apparmor.security.beta.kubernetes.io/main: unconfined, jeyn", r"beta.kubernetes.io/main is unconf"),
    "type of SELinux": (_STRICT, f"seLinuxOptions: {{type: spc_t}}\n            {_STRICT}", r"seLinuxOptions.type is spc_t"),
    "user of SELinux": (_STRICT, f"seLinuxOptions: {{user: root}}\n            {_STRICT}", r"seLinuxOptions.user is set"),
    "Windows host": (_STRICT, f"windowsOptions: {{hostProcess: true}}\n            {_STRICT}", r"windowsOptions.hostProcess is set"),
    "privileged": (_STRICT, f"privileged: true\n            {_STRICT}", r"privileged is set"),
    "escalation": (_STRICT, "allowPrivilegeEscalation: true", r"allowPrivilegeEscalation is not false"),
    "escalation by default": (f"{_STRICT}\n", "privileged: false\n", r"allowPrivilegeEscalation is not false"),
    "capability": ("drop: [ALL]", "drop: [ALL], add: [SYS_ADMIN]", r"capabilities.add holds SYS_ADMIN"),
    "capabilities": ("drop: [ALL]", "drop: [NET_RAW]", r"capabilities.drop does not hold ALL"),
    "proc": (_STRICT, f"procMount: Unmasked\n            {_STRICT}", r"procMount is Unmasked"),
    "host port": ("startupProbe:", "ports: [{containerPort: 1, hostPort: 1}]\n          startupProbe:", r"hostPort 1"),
    "host of a probe": ("port: 3501}", "port: 3501, host: 127.0.0.1}", r"startupProbe.httpGet.host is set"),
}  # fmt: skip


def _found(*edits: tuple[str, str], **options: str) -> list[str]:
    return invariants.findings(right_manifests.documents("train.yaml", *edits), **options)


def test_nothing_is_found_in_right_manifests() -> None:
    assert _found() == []
    for file in ("access.yaml", "components.yaml", right_manifests.APPLICATION):
        assert invariants.findings(right_manifests.documents(file)) == []


@pytest.mark.parametrize("what", _BROKEN)
def test_what_is_broken_is_found(what: str) -> None:
    old, new, pattern = _BROKEN[what]
    found = _found((old, new))
    assert any(re.search(pattern, finding) for finding in found), found


@pytest.mark.parametrize(
    "edit",
    [
        ("{{inputs.parameters.name}}", "{{ inputs.parameters.name }}"),
        ("{{inputs.parameters.name}}", "{{='workflow.parameters.D'}}"),
        ("duration: 30s", "duration: '30'"),
        ("timeout: 2h", "timeout: 1h30m0.5s"),
        ("timeout: 2h", "timeout: '{{workflow.parameters.C}}'"),
        (_PULL, "ghcr.io/example/daprd@sha256:0123"),
        (_PULL, "localhost:5000/daprd:1"),
        ("drop: [ALL]", "drop: [ALL], add: [NET_BIND_SERVICE]"),
        ("  podGC:", '  podSpecPatch: "{{workflow.parameters.C}}"\n  podGC:'),
        ("cpu: 100m", "cpu: 1e-1"),
        ("Europe/Berlin", "UTC"),
    ],
)
def test_what_only_looks_broken_is_not_found(edit: tuple[str, str]) -> None:
    assert _found(edit) == []


def test_a_security_context_of_a_patch_and_of_defaults_counts() -> None:
    context = "  securityContext:\n    runAsNonRoot: true\n    seccompProfile: {type: RuntimeDefault}\n"
    inner = context.replace("  ", "    ")
    assert _found((context, f"  templateDefaults:\n{inner}")) == []
    patch = '  podSpecPatch: \'{"securityContext": {"runAsNonRoot": true, "seccompProfile": {"type": "Localhost"}}}\'\n'
    assert _found((context, patch)) == []
    assert _found((context, "")) != []


def test_a_library_sees_the_arguments_of_its_callers() -> None:
    edits = [("{{workflow.status}}", "{{workflow.parameters.D}}"), ("  entrypoint: main\n", "")]
    assert _found(*edits) == []


@pytest.mark.parametrize(
    ("old", "new", "pattern"),
    [
        ("", "", r"WorkflowTemplate/train: the annotation jeyn.dev/commit is unset, not 4f0c"),
        ("", "", r"CronWorkflow/train-nightly: the annotation jeyn.dev/commit is missing"),
        ("", "", r"WorkflowTemplate/train: the argument jeyn-commit is unset, not 4f0c"),
        ("{name: jeyn-commit, value: unset}", "{name: comit, value: unset}", r"the argument jeyn-commit is missing"),
        ('commit: "{{workflow.parameters.jeyn-commit}}"', "commit: unset", r"template step: the annotation .* of its pod is unset"),
        ("    annotations: {jeyn.dev/commit:", "    annotations: {x:", r"template step: the annotation .* of its pod is missing"),
        ("podMetadata: {annotations: {jeyn.dev/commit:", "podMetadata: {annotations: {x:", r"template submit: the annotation .* of its pod is missing"),
        ("digits:{{workflow.parameters.jeyn-commit}}", "digits:1.0", r"container main: the image .*digits:1.0 is not the one of 4f0c"),
    ],
)  # fmt: skip
def test_a_commit_that_is_missing_is_found(old: str, new: str, pattern: str) -> None:
    found = _found((old, new), commit=COMMIT)
    assert any(re.search(pattern, finding) for finding in found), found


def test_the_commit_may_be_a_label_of_the_pod_and_be_written_out() -> None:
    edits = [
        ("unset", COMMIT),
        ("value: unset", f"value: {COMMIT}"),
        ('    annotations: {jeyn.dev/commit: "{{workflow.parameters.jeyn-commit}}"}', f"    labels: {{jeyn.dev/commit: {COMMIT}}}"),
        ("digits:{{workflow.parameters.jeyn-commit}}", f"digits:{COMMIT}"),
        ("value: unset", f"value: {COMMIT}"),
        ("{annotations: {jeyn.dev/commit: unset}}", f"{{labels: {{jeyn.dev/commit: {COMMIT}}}}}"),
    ]  # fmt: skip
    found = _found(*edits, commit=COMMIT)
    assert found == [
        f"{one}: the annotation jeyn.dev/commit is missing"
        for one in ("CronWorkflow/train-nightly", "Workflow/train-merged", "Workflow/train-started")
    ]


def test_the_modes_of_the_sidecar() -> None:
    injected = '    annotations: {dapr.io/enabled: "true", dapr.io/enable-native-sidecar: "true", '
    requests = "dapr.io/sidecar-cpu-request: 50m, dapr.io/sidecar-memory-request: 1Mi, "
    limits = "dapr.io/sidecar-cpu-limit: '1', dapr.io/sidecar-memory-limit: 1Mi, "
    assert _found(("    annotations: {jeyn", f"{injected}{requests}{limits}jeyn"), sidecar="injected") == []
    found = _found(("    annotations: {jeyn", f"{injected}{requests}jeyn"), sidecar="injected")
    assert any("no annotation dapr.io/sidecar-cpu-limit and dapr.io/sidecar-memory-limit" in one for one in found)
    assert any("no annotation dapr.io/enabled" in one for one in _found(sidecar="injected"))
    endpoint = "        env: [{name: DAPR_GRPC_ENDPOINT, value: dns:daprd:50001}]"
    edits = [(f"command: [jeyn, {word}]", f"command: [jeyn, {word}]\n{endpoint}") for word in ("step", "finish")]
    assert _found(*edits, sidecar="shared") == []
    assert any("no DAPR_GRPC_ENDPOINT" in one for one in _found(sidecar="shared"))
    words = ("step", "finish")
    taken = "        envFrom: [{configMapRef: {name: components}}]"
    edits = [(f"command: [jeyn, {word}]", f"command: [jeyn, {word}]\n{taken}") for word in words]
    assert any("no DAPR_GRPC_ENDPOINT" in one for one in _found(*edits, sidecar="shared"))  # that one does not hold it


def test_keys_of_config_maps() -> None:
    found = invariants.findings(right_manifests.documents("components.yaml", ("ledger.yaml: |", "a/ledger.yaml: |")))
    assert found == ["ConfigMap/components: data: a/ledger.yaml is no key of a ConfigMap"]


def test_pods_of_other_kinds_are_judged_too() -> None:
    pod = {"containers": [{"name": "daprd", "image": "daprd", "command": ["/daprd"]}], "hostIPC": True}
    deployment = {"kind": "Deployment", "metadata": {"name": "dapr"}, "spec": {"template": {"spec": pod}}}
    found = invariants.findings([deployment])
    assert "Deployment/dapr: hostIPC is set" in found
    assert "Deployment/dapr: container daprd: the image daprd has no tag" in found
    assert not any("sidecar" in finding for finding in found)


@pytest.mark.parametrize("broken", [None, [], "text", 7, {"spec": []}])
def test_what_has_the_wrong_type_is_left_to_the_schemas(broken: Any) -> None:
    """Every value of the manifests, replaced in turn."""
    for document in right_manifests.documents("train.yaml"):
        for holder, key in _places(document):
            kept, holder[key] = holder[key], broken
            invariants.findings([document], commit=COMMIT)
            holder[key] = kept


def _places(value: Any) -> list[tuple[Any, Any]]:
    if not isinstance(value, dict | list):
        return []
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    return [place for key in keys for place in [(value, key), *_places(value[key])]]
