/// Recipes with ingredients, steps, tags and a picture.
module {
  public type Ingredient = { what : Text; amount : Float; unit : Text };
  public type Recipe = { title : Text; serves : Nat; steps : [Text]; ingredients : [Ingredient]; tags : [Text]; picture : Blob };
};
