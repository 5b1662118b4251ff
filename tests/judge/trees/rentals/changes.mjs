/** Five honest changes to the app, with what its data must be afterwards, and calls whose answers stay. */
import { declared, mapRows, signedIn, table } from '../../lib/edit.mjs';

export const calls = ['offers()', 'fee()', 'leased()', 'tenants(7)'];

export const changes = {
  add: {
    types: [['deposit : ?Nat }', 'deposit : ?Nat; note : Text }']],
    main: [['deposit = if', 'note = ""; deposit = if'], ['deposit = null', 'deposit = null; note = ""']],
    migrate: [mapRows('homes', 'Nat', 'Home', '{ row with leases = PureList.map<Old.Lease, New.Lease>(row.leases, func one = { one with note = "" }) }')],
    expect: (data) => table(data, 'homes', (home) => ({ ...home, leases: home.leases.map((one) => ({ ...one, note: '' })) })),
  },
  split: {
    types: [['lat : Float; lon : Float', 'at : (Float, Float)']],
    main: [['lat = Float.fromInt(i) / 10; lon = -(Float.fromInt(i) / 8)', 'at = (Float.fromInt(i) / 10, -(Float.fromInt(i) / 8))']],
    migrate: [mapRows('homes', 'Nat', 'Home', '{ row with place = { row.place with at = (row.place.lat, row.place.lon) } }')],
    expect: (data) => table(data, 'homes', (home) => ({ ...home, place: { city: home.place.city, at: [home.place.lat, home.place.lon] } })),
  },
  retype: {
    types: [['rent : Nat', 'rent : Int'], ['months : Nat', 'term : { months : Nat }']],
    main: [['months = 6 + k', 'term = { months = 6 + k }'], ['months = 12', 'term = { months = 12 }'], ['(home.title, home.rent)', '(home.title, Int.abs(home.rent))']],
    migrate: [mapRows('homes', 'Nat', 'Home', '{ row with leases = PureList.map<Old.Lease, New.Lease>(row.leases, func one = { one with term = { months = one.months } }) }')],
    expect: (data) =>
      table(data, 'homes', (home) => ({ ...home, leases: home.leases.map(({ months, ...one }) => ({ ...one, term: { months } })) })),
  },
  tighten: { main: [signedIn('leased() : async Nat', '0')], denied: 'leased()' },
  relate: {
    types: [['  public type Home', '  public type Repair = { home : Nat; what : Text; done : Bool };\n  public type Home']],
    main: [
      ['type Lease }', 'type Lease; type Repair }'],
      declared(`  let repairs = Map.empty<Nat, Repair>();
  public shared func repair(home : Nat, what : Text) : async () {
    owner<system>();
    if (not homes.containsKey(home)) Runtime.trap("no such home");
    repairs.add(repairs.size(), { home; what; done = false });
  };`),
    ],
    expect: (data) => ({ ...data, repairs: [] }),
  },
};
