/** Five honest changes to the app, with what its data must be afterwards, and calls whose answers stay. */
import { declared, halves, listed, mapRows, ownersOnly, table, variable } from '../../lib/edit.mjs';

export const calls = ['places()', 'count()', 'sum()', 'series("s3")'];

export const changes = {
  add: {
    types: [['limits : (Float, Float) }', 'limits : (Float, Float); battery : ?Nat }']],
    main: [['unit = if', 'battery = null; unit = if']],
    migrate: [mapRows('sensors', 'Text', 'Sensor', '{ row with battery = null }')],
    expect: (data) => table(data, 'sensors', (sensor) => ({ ...sensor, battery: null })),
  },
  split: {
    types: [['place : Text;', 'place : Text; spot : Text;']],
    main: [
      ['place = Sample.pick(["cellar", "roof"], i) # "/" # i.toText();', 'place = Sample.pick(["cellar", "roof"], i); spot = i.toText();'],
      ['func sensor = sensor.place)', 'func sensor = sensor.place # "/" # sensor.spot)'],
    ],
    migrate: [mapRows('sensors', 'Text', 'Sensor', "{ row with place = Sample.before(row.place, '/'); spot = Sample.after(row.place, '/') }")],
    expect: (data) => table(data, 'sensors', (sensor) => ({ ...sensor, place: halves(sensor.place, '/')[0], spot: halves(sensor.place, '/')[1] })),
  },
  retype: {
    types: [['Reading = (Text, Int, Float)', 'Reading = { of : Text; at : Int; value : Float }']],
    main: [
      ['readings.add(("s" # (i % 20).toText(), 1_700_000_000 + i * 60, Float.fromInt(Sample.mix(i) % 400) / 10 - 10.0))', 'readings.add({ of = "s" # (i % 20).toText(); at = 1_700_000_000 + i * 60; value = Float.fromInt(Sample.mix(i) % 400) / 10 - 10.0 })'],
      ['filter(func(of, _, _) = of == id).map(func(_, _, value) = value)', 'filter(func reading = reading.of == id).map(func reading = reading.value)'],
      ['readings.add((id, at, value))', 'readings.add({ of = id; at; value })'],
    ],
    migrate: [variable('readings', 'List.List<Old.Reading>', 'List.List<New.Reading>',
      'List.map<Old.Reading, New.Reading>(old.readings, func (of, at, value) = { of; at; value })')],
    expect: (data) => listed(data, 'readings', ([of, at, value]) => ({ of, at, value })),
  },
  tighten: { main: [ownersOnly('count() : async Nat', '0')], denied: 'count()' },
  relate: {
    types: [['  public type Reading', '  public type Alarm = { sensor : Text; above : Float };\n  public type Reading']],
    main: [
      ['type Reading }', 'type Reading; type Alarm }'],
      declared(`  let alarms = List.empty<Alarm>();
  public shared func warn(sensor : Text, above : Float) : async () {
    owner<system>();
    if (not sensors.containsKey(sensor)) Runtime.trap("no such sensor");
    alarms.add({ sensor; above });
  };`),
    ],
    expect: (data) => ({ ...data, alarms: [] }),
  },
};
