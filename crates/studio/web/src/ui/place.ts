/**
 * Where an address leads.
 */

/** Whether an address is understood only on the machine that it was asked for on. */
export function isHere(url: string): boolean {
  const { hostname } = new URL(url, location.href);
  return hostname === "localhost" || hostname.endsWith(".localhost") || hostname === "127.0.0.1" || hostname === "[::1]";
}
