"""Which addresses are public."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.outbound.addresses import Exceptions, is_public, read_address

PRIVATE = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200", "100.127.255.255",
    "127.0.0.1", "127.255.255.254", "168.63.129.16", "169.254.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255",
    "192.0.0.1", "192.0.0.170", "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.19.255.255",
    "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1",
    "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a00:1",
    "64:ff9b:1::1", "100::1", "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1", "2002:7f00:1::1",
    "2002:a00:1::1", "3fff::1", "fc00::1", "fd00:ec2::254", "fe80::1", "febf::1", "fec0::1", "ff02::1", "ff0e::1",
    "5f00::1",
]  # fmt: skip
PUBLIC = [
    "1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "126.255.255.255", "128.0.0.1", "169.253.255.255",
    "172.15.255.255", "172.32.0.1", "192.167.255.255", "223.255.255.255", "2001:4860:4860::8888", "2606:4700::1111",
    "2400:cb00::1", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1",
]  # fmt: skip


@pytest.mark.parametrize("text", PRIVATE)
def test_what_is_not_of_the_public_internet(text: str) -> None:
    assert not is_public(ip_address(text))


@pytest.mark.parametrize("text", PUBLIC)
def test_what_is_public(text: str) -> None:
    assert is_public(ip_address(text))


@given(st.ip_addresses(v=4))
def test_an_address_within_another_is_judged_as_itself(address: object) -> None:
    inner = ip_address(str(address))
    number = int(inner)
    for outer in (f"::ffff:{inner}", str(ip_address(int(ip_address("64:ff9b::")) + number))):
        assert is_public(ip_address(outer)) == is_public(inner)
    assert is_public(ip_address((0x2002 << 112) | (number << 80))) == is_public(inner)


@pytest.mark.parametrize(
    ("entry", "host", "address", "admitted"),
    [
        ("10.1.0.0/16", "a.example", "10.1.2.3", True),
        ("10.1.0.0/16", "a.example", "10.2.0.1", False),
        ("127.0.0.1", "localhost", "127.0.0.1", True),
        ("127.0.0.1", "localhost", "127.0.0.2", False),
        ("[::1]", "localhost", "::1", True),
        ("fd00::/8", "a.example", "fd12::1", True),
        ("Wiki.Corp.Example.", "wiki.corp.example", "10.0.0.1", True),
        ("wiki.corp.example", "WIKI.corp.example.", "10.0.0.1", True),
        ("wiki.corp.example", "evil-wiki.corp.example", "10.0.0.1", False),
        ("wiki.corp.example", "wiki.corp.example.evil.example", "10.0.0.1", False),
        (".corp.example", "wiki.corp.example", "10.0.0.1", True),
        (".corp.example", "corp.example", "10.0.0.1", False),
        (".corp.example", "evilcorp.example", "10.0.0.1", False),
    ],
)
def test_exceptions_open_what_they_name_and_nothing_else(entry: str, host: str, address: str, admitted: bool) -> None:
    assert Exceptions.read([entry]).admit(host, ip_address(address)) == admitted


def test_the_name_of_an_interface_does_not_hide_an_address() -> None:
    assert read_address("fe80::1%eth0") == ip_address("fe80::1")
    assert read_address("example.com") is None
