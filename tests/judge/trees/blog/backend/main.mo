import Array "mo:core/Array";
import Map "mo:core/Map";
import Nat "mo:core/Nat";
import Int "mo:core/Int";
import Iter "mo:core/Iter";
import Text "mo:core/Text";
import Runtime "mo:core/Runtime";
import Platform "mo:autograph/Platform";
import Sample "sample";
import { type Post } "types";

actor {
  let posts = Map.empty<Text, Post>();
  var motto = "Words every week";
  var views = 0;

  func owner<system>() { if (Platform.caller<system>().role != Platform.owner) Runtime.trap("only the author") };

  public shared func seed(n : Nat) : async () {
    owner<system>();
    for (i in Nat.range(0, n)) {
      posts.add("post-" # i.toText(), {
        title = Sample.pick(["On bread", "On rain", "On trains"], i) # " " # i.toText();
        body = "It was the " # i.toText() # "th day, and nothing was as it had been before.";
        state = if (i % 4 == 0) #draft else #published(1_600_000_000 + i * 3_600);
        comments = Array.tabulate(i % 3, func k = { by = Sample.name(k); text = "Comment " # k.toText(); approved = k == 0 });
        tags = "life,food," # (i % 9).toText();
      });
    };
    views := n * 17;
  };

  public query func about() : async (Text, Nat) { (motto, views) };
  public query func titles() : async [Text] {
    posts.values().filter(func post = post.state != #draft).map(func post = post.title).toArray();
  };
  public query func read(slug : Text) : async ?Text {
    let ?post = posts.get(slug) else return null;
    if (post.state == #draft) null else ?post.body;
  };
  public composite query ({ caller }) func drafts() : async [Text] {
    if ((await Platform.registry.standing(caller)).role != Platform.owner) return [];
    posts.values().filter(func post = post.state == #draft).map(func post = post.title).toArray();
  };
  public shared func comment(slug : Text, by : Text, text : Text) : async () {
    let ?post = posts.get(slug) else Runtime.trap("no such post");
    if (post.state == #draft) Runtime.trap("no such post");
    posts.add(slug, { post with comments = post.comments.concat([{ by; text; approved = false }]) });
  };
  public shared func publish(slug : Text) : async () {
    owner<system>();
    let ?post = posts.get(slug) else Runtime.trap("no such post");
    posts.add(slug, { post with state = #published(0) });
  };
};
