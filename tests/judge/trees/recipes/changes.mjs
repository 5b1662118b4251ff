/** Five honest changes to the app, with what its data must be afterwards, and calls whose answers stay. */
import { declared, halves, mapRows, signedIn, table } from '../../lib/edit.mjs';

export const calls = ['titles()', 'steps(5)', 'liked()', 'fans()'];

export const changes = {
  add: {
    types: [['unit : Text }', 'unit : Text; optional : Bool }']],
    main: [['unit = "g"', 'unit = "g"; optional = false']],
    migrate: [mapRows('recipes', 'Nat', 'Recipe',
      '{ row with ingredients = Array.map<Old.Ingredient, New.Ingredient>(row.ingredients, func one = { one with optional = false }) }')],
    expect: (data) =>
      table(data, 'recipes', (recipe) => ({ ...recipe, ingredients: recipe.ingredients.map((one) => ({ ...one, optional: false })) })),
  },
  split: {
    types: [['title : Text;', 'kind : Text; title : Text;']],
    main: [
      ['title = Sample.pick(["Soup", "Stew", "Pie", "Salad"], i) # " No. " # i.toText();', 'kind = Sample.pick(["Soup", "Stew", "Pie", "Salad"], i); title = "No. " # i.toText();'],
      ['func recipe = recipe.title)', 'func recipe = recipe.kind # " " # recipe.title)'],
    ],
    migrate: [mapRows('recipes', 'Nat', 'Recipe', "{ row with kind = Sample.before(row.title, ' '); title = Sample.after(row.title, ' ') }")],
    expect: (data) => table(data, 'recipes', (recipe) => ({ ...recipe, kind: halves(recipe.title)[0], title: halves(recipe.title)[1] })),
  },
  retype: {
    types: [['unit : Text }', 'unit : { #gram; #other : Text } }']],
    main: [['unit = "g"', 'unit = #gram']],
    migrate: [mapRows('recipes', 'Nat', 'Recipe',
      '{ row with ingredients = Array.map<Old.Ingredient, New.Ingredient>(row.ingredients, func one = { one with unit = if (one.unit == "g") #gram else #other(one.unit) }) }')],
    expect: (data) =>
      table(data, 'recipes', (recipe) => ({ ...recipe, ingredients: recipe.ingredients.map((one) => ({ ...one, unit: { '#gram': null } })) })),
  },
  tighten: {
    main: [signedIn('liked() : async Nat', '0')],
    denied: 'liked()',
  },
  relate: {
    types: [['  public type Recipe', '  public type Review = { recipe : Nat; by : Principal; stars : Nat };\n  public type Recipe']],
    main: [
      ['import { type Recipe }', 'import List "mo:core/List";\nimport { type Recipe; type Review }'],
      declared(`  let reviews = List.empty<Review>();
  public shared ({ caller }) func review(recipe : Nat, stars : Nat) : async () {
    if (not recipes.containsKey(recipe) or stars > 5) Runtime.trap("no such recipe");
    reviews.add({ recipe; by = caller; stars });
  };`),
    ],
    expect: (data) => ({ ...data, reviews: [] }),
  },
};
