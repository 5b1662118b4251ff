/// A help desk: tickets that change in place.
module {
  public type Event = { at : Int; text : Text };
  public type Status = { #open; #waiting : Text; #closed };
  public type Ticket = { title : Text; by : Principal; urgent : Bool; var status : Status; var log : [Event]; var assignee : ?Principal };
};
