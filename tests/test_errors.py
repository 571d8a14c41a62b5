"""Every error of the libraries beneath becomes one of ours."""

from __future__ import annotations

import pytest
from botocore import exceptions

from pipeline.errors import EnvironmentFault, IntegrityError, ShowcaseError, TransferError
from pipeline.storage.s3.faults import translate


@pytest.mark.parametrize(
    ("code", "kind", "key"),
    [
        ("AccessDenied", EnvironmentFault, "store_denied"),
        ("SignatureDoesNotMatch", EnvironmentFault, "store_wrong_keys"),
        ("InvalidAccessKeyId", EnvironmentFault, "store_wrong_keys"),
        ("NoSuchBucket", EnvironmentFault, "store_no_bucket"),
        ("RequestTimeTooSkewed", EnvironmentFault, "clock_skew"),
        ("BadDigest", IntegrityError, "digest_refused"),
        ("SlowDown", TransferError, "store_busy"),
        ("InvalidRequest", TransferError, "transfer_failed"),
        ("SecondLevelDomainForbidden", EnvironmentFault, "store_addressing"),
        ("UnsupportedAlgorithm", EnvironmentFault, "store_signature"),
        ("PermanentRedirect", EnvironmentFault, "store_region"),
        ("AuthorizationHeaderMalformed", EnvironmentFault, "store_wrong_keys"),
    ],
)
def test_answers_of_the_store_are_told_apart(code: str, kind: type[ShowcaseError], key: str) -> None:
    error = translate(exceptions.ClientError({"Error": {"Code": code}}, "PutObject"), "x")
    assert (type(error), error.key) == (kind, key)


def test_every_botocore_error_is_mapped() -> None:
    kinds = [
        kind
        for kind in vars(exceptions).values()
        if isinstance(kind, type) and issubclass(kind, exceptions.BotoCoreError)
    ]
    assert len(kinds) > 80
    for kind in kinds:
        assert isinstance(translate(kind.__new__(kind), "x"), ShowcaseError)


def test_exit_codes_are_those_of_the_contract() -> None:
    found = {kind.__name__: kind.exit_code for kind in ShowcaseError.__subclasses__()}
    assert found == {
        "InputError": 2,
        "EnvironmentFault": 3,
        "MediaError": 4,
        "TransferError": 5,
        "IntegrityError": 6,
        "Interrupted": 130,
    }
