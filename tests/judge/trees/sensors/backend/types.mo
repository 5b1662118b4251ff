/// Sensors and what they read: tuples in one long list.
module {
  public type Sensor = { place : Text; unit : { #celsius; #percent }; limits : (Float, Float) };
  public type Reading = (Text, Int, Float);
};
