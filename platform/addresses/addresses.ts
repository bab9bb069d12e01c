import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Prefix lengths that carry an IPv4 address inside an IPv6 one: the address inside decides. */
const wrapped6to4 = ipaddr.IPv6.parseCIDR('2002::/16');
const wrappedNat64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');
const localNat64 = ipaddr.IPv6.parseCIDR('64:ff9b:1::/48');
/** Site-local (RFC 3879, deprecated, still routed by some) and IPv4-compatible (RFC 4291, 2.5.5.1). */
const siteLocal = ipaddr.IPv6.parseCIDR('fec0::/10');
const compatible = ipaddr.IPv6.parseCIDR('::/96');

/**
 * True when an address belongs to the public internet. Everything that is not plain unicast is not: loopback, private,
 * link-local (where clouds keep their metadata service), carrier-grade NAT, multicast, documentation, and any of these
 * inside an IPv6 address. Text that is no address is not public. Source: IANA special-purpose registries, by ipaddr.js.
 */
export function isPublicAddress(text: string): boolean {
  const address = read(text);
  return address !== null && isPublic(address);
}

function isPublic(address: Address): boolean {
  if (address instanceof ipaddr.IPv4) return address.range() === 'unicast';
  const inside = wrappedV4(address);
  if (inside !== null) return isPublic(inside);
  if ([siteLocal, compatible, localNat64].some((range) => address.match(range))) return false;
  return address.range() === 'unicast';
}

function wrappedV4(address: ipaddr.IPv6): ipaddr.IPv4 | null {
  if (address.isIPv4MappedAddress()) return address.toIPv4Address();
  const bytes = address.toByteArray();
  if (address.match(wrappedNat64)) return new ipaddr.IPv4(bytes.slice(12));
  if (address.match(wrapped6to4)) return new ipaddr.IPv4(bytes.slice(2, 6));
  return null;
}

/** A zone (`fe80::1%eth0`) names an interface of this machine, so such an address is none of the internet's. */
function read(text: string): Address | null {
  if (text.includes('%') || !ipaddr.isValid(text)) return null;
  // Octal, hexadecimal and shortened IPv4 is read by some libraries and not by others: not read here.
  if (!text.includes(':') && !ipaddr.IPv4.isValidFourPartDecimal(text)) return null;
  return ipaddr.parse(text);
}

/**
 * The block that an address stands in: /24 of IPv4, /48 of IPv6, as `203.0.113.0/24`; null for what is no address. A
 * household or an office keeps its block while its addresses change.
 */
export function networkOf(text: string | null): string | null {
  const address = text === null ? null : read(text);
  if (address === null) return null;
  const plain = address instanceof ipaddr.IPv6 ? (wrappedV4(address) ?? address) : address;
  return plain instanceof ipaddr.IPv4
    ? `${ipaddr.IPv4.networkAddressFromCIDR(`${plain.toString()}/24`).toString()}/24`
    : `${ipaddr.IPv6.networkAddressFromCIDR(`${plain.toString()}/48`).toString()}/48`;
}
