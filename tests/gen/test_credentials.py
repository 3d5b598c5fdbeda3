"""What looks like a credential, on what the pages of Dapr's components write for each of their fields."""

from __future__ import annotations

import pytest

from jeyn_gen.load.credentials import holds_credential, is_credential

NAMED = """\
accessKey accessKeySecret accountKey accountToken aclToken apiKey authKey authToken awsAccessKey awsSecretKey
awsSessionToken azureClientSecret cfAPIToken clientSecret header:x-hasura-access-key jwt key masterKey
oauth2ClientSecret oidcClientAssertionKey oidcClientSecret password private-key private_key privateKeyPassphrase
queryToken redisPassword saslPassword schemaRegistryAPIKey schemaRegistryAPISecret secret secretAccessKey secretKey
securityToken seedKey sentinelPassword serverToken sessionToken storageAccountKey tls_client_key token vaultToken
""".split()
OTHERS = """\
accessKeyID authHeaderName authType auth_uri clientCert consumerID enginePath keyLength keyPrefix keyPrefixPath keyType
keys keyspace key-id maxTokens oauth2ClientID oauth2CredentialsFile oauth2TokenCAPEM oauth2TokenURL oidcTokenEndpoint
orderingKey partitionKey private_key_id projectKey publicKey secretId secretName secretStore secretsFile
securityTokenHeader tokenAudience tokenEndpoint tokenScope token_uri vaultTokenMountPath
""".split()
FIELDS = {
    "authRequired": "true",
    "authType": "password",
    "connectionString": "host=db user=app",
    "multipleKeyValuesPerSecret": "true",
    "privateKey": "./private.key",
    "redisHost": "localhost:6379",
    "redisPassword": "",
    "tls_client_key": "/certificates/tls.key",
}
TEXTS = (
    "root:hunter2@tcp(db:3306)/x",
    "root:hunt@er/2@unix(/run/mysqld.sock)/x?tls=true",
    "root:hunter2@/x",
    "host=db user=app password=hunter2",
    "host=db password = 'hunter2'",
    "Server=db;Database=x;User Id=app;Password=hunter2;",
    "Server=db;Uid=app;pwd=hunter2",
    "Endpoint=sb://x/;SharedAccessKeyName=Root;SharedAccessKey=c2VjcmV0",
    "DefaultEndpointsProtocol=https;AccountName=x;AccountKey=c2VjcmV0",
    "Endpoint=https://x;AccessKey=c2VjcmV0;Version=1.0;",
    "https://x.blob.example/container?sv=2024&sig=c2VjcmV0",
    "https://robot.example/send?access_token=c2VjcmV0",
    "amqp://app:hunter2@broker:5672",
    "redis://:hunter2@cache:6379",
    "oracle://app/hunter2@db:1521/x",
    "https://ghp_x@github.com/team/digits",
    "ssh://git:hunter2@git.example/x",
    '{"client_email": "x", "private_key": "c2VjcmV0"}',
    "-----BEGIN RSA PRIVATE KEY-----\nMIIE",
)
OPEN = (
    "host=db user=app",
    "host=db user=app password= ",
    "Server=db;Password=;User Id=app",
    "Endpoint=sb://x/;SharedAccessKeyName=Root",
    "password=''",
    "amqp://app@broker:5672",
    "ssh://git@git.example:2222/team/digits",
    "git@git.example:team/digits",
    "https://git.example:8443/team/@digits",
    "https://accounts.example/o/oauth2/token",
    "localhost:9092,localhost:9093",
    "event.data.token == 'x'",
    "arn:aws:iam::123456789012:role/x",
    "-----BEGIN CERTIFICATE-----\nMIIE",
    "registry.example/x:1.0@sha256:0123",
)


def test_names_of_credentials_are_told_from_names_of_what_goes_with_them() -> None:
    assert [name for name in NAMED if not is_credential(name, "hunter2")] == []
    assert [name for name in OTHERS if is_credential(name, "hunter2")] == []
    assert [name for name, value in FIELDS.items() if is_credential(name, value)] == []


@pytest.mark.parametrize("text", TEXTS)
def test_texts_hold_credentials(text: str) -> None:
    assert holds_credential(text)
    assert is_credential("connectionString", text)


@pytest.mark.parametrize("text", OPEN)
def test_texts_hold_none(text: str) -> None:
    assert not holds_credential(text)
