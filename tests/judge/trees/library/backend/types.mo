/// A library: books by ISBN, loans in the order they were made.
module {
  public type Book = { title : Text; authors : [Text]; year : ?Nat; shelf : Text };
  public type Loan = { isbn : Text; by : Principal; from : Int; back : ?Int };
};
