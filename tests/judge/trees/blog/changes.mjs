/** Five honest changes to the app, with what its data must be afterwards, and calls whose answers stay. */
import { declared, mapRows, signedIn, table } from '../../lib/edit.mjs';

export const calls = ['about()', 'titles()', 'read("post-5")', 'read("post-4")', 'drafts()'];

export const changes = {
  add: {
    types: [['tags : Text }', 'tags : Text; picture : ?Blob }']],
    main: [['tags = "life', 'picture = null;\n        tags = "life']],
    migrate: [mapRows('posts', 'Text', 'Post', '{ row with picture = null }')],
    expect: (data) => table(data, 'posts', (post) => ({ ...post, picture: null })),
  },
  split: {
    types: [['tags : Text }', 'tags : [Text] }']],
    main: [['tags = "life,food," # (i % 9).toText()', 'tags = ["life", "food", (i % 9).toText()]']],
    migrate: [mapRows('posts', 'Text', 'Post', "{ row with tags = Iter.toArray(Text.split(row.tags, #char ',')) }")],
    expect: (data) => table(data, 'posts', (post) => ({ ...post, tags: post.tags.split(',') })),
  },
  retype: {
    types: [['approved : Bool', 'state : { #waiting; #approved }']],
    main: [['approved = k == 0', 'state = if (k == 0) #approved else #waiting'], ['approved = false', 'state = #waiting'],
      ['comments = Array.tabulate(', 'comments = Array.tabulate<Comment>('], ['import { type Post }', 'import { type Post; type Comment }']],
    migrate: [mapRows('posts', 'Text', 'Post',
      '{ row with comments = Array.map<Old.Comment, New.Comment>(row.comments, func one = { one with state = if (one.approved) #approved else #waiting }) }')],
    expect: (data) =>
      table(data, 'posts', (post) => ({
        ...post,
        comments: post.comments.map(({ approved, ...one }) => ({ ...one, state: { [approved ? '#approved' : '#waiting']: null } })),
      })),
  },
  tighten: { main: [['import Runtime', 'import Principal "mo:core/Principal";\nimport Runtime'], signedIn('titles() : async [Text]', '[]')], denied: 'titles()' },
  relate: {
    main: [
      declared(`  let series = Map.empty<Text, [Text]>();
  public shared func collect(title : Text, slugs : [Text]) : async () {
    owner<system>();
    for (slug in slugs.values()) if (not posts.containsKey(slug)) Runtime.trap("no post " # slug);
    series.add(title, slugs);
  };`),
    ],
    expect: (data) => ({ ...data, series: [] }),
  },
};
