import { describe, expect, it } from 'vitest';
import { isPublicAddress, networkOf } from './index.ts';

describe('isPublicAddress', () => {
  it.each(['93.184.216.34', '8.8.8.8', '2606:2800:220:1:248:1893:25c8:1946', '64:ff9b::808:808'])(
    '%s is of the public internet',
    (address) => expect(isPublicAddress(address)).toBe(true),
  );

  it.each([
    ['loopback', '127.0.0.1'],
    ['loopback, not the first', '127.8.9.10'],
    ['this network', '0.0.0.0'],
    ['private', '10.1.2.3'],
    ['private', '172.31.255.255'],
    ['private', '192.168.0.1'],
    ['carrier-grade NAT', '100.64.0.1'],
    ['cloud metadata', '169.254.169.254'],
    ['benchmarking', '198.18.0.1'],
    ['documentation', '203.0.113.7'],
    ['multicast', '224.0.0.1'],
    ['broadcast', '255.255.255.255'],
    ['loopback', '::1'],
    ['unspecified', '::'],
    ['mapped loopback', '::ffff:127.0.0.1'],
    ['mapped metadata, in hexadecimal', '::ffff:a9fe:a9fe'],
    ['compatible', '::10.0.0.1'],
    ['NAT64 of a private address', '64:ff9b::10.0.0.1'],
    ['local NAT64', '64:ff9b:1::1'],
    ['6to4 of loopback', '2002:7f00:1::'],
    ['unique local', 'fd00:ec2::254'],
    ['link-local', 'fe80::1'],
    ['link-local with a zone', 'fe80::1%eth0'],
    ['site-local', 'fec0::1'],
    ['multicast', 'ff02::1'],
    ['documentation', '2001:db8::1'],
    ['a number', '2130706433'],
    ['octal', '0177.0.0.1'],
    ['hexadecimal', '0x7f.0.0.1'],
    ['shortened', '127.1'],
    ['no address', 'localhost'],
    ['nothing', ''],
  ])('%s (%s) is not', (_kind, address) => expect(isPublicAddress(address)).toBe(false));
});

it('tells the block of an address', () => {
  expect(networkOf('198.51.100.77')).toBe('198.51.100.0/24');
  expect(networkOf('::ffff:198.51.100.9')).toBe('198.51.100.0/24');
  expect(networkOf('2001:db8:7:9::1')).toBe('2001:db8:7::/48');
  expect(networkOf('nonsense')).toBeNull();
  expect(networkOf(null)).toBeNull();
});
