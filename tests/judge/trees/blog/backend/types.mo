/// A blog: posts by slug, drafts among them, comments below.
module {
  public type Comment = { by : Text; text : Text; approved : Bool };
  public type State = { #draft; #published : Int };
  public type Post = { title : Text; body : Text; state : State; comments : [Comment]; tags : Text };
};
