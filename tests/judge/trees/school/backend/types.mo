/// A school: pupils, and for each the marks by subject.
module {
  public type Pupil = { name : Text; form : Text; guardian : { name : Text; phone : Text } };
  public type Mark = { points : Nat; term : Nat };
};
