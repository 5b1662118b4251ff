/// Polls: one vote each, kept by principal.
module {
  public type Poll = { question : Text; choices : [Text]; closed : Bool; ends : Int };
};
