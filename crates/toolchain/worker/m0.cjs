const mo=require('motoko');
const core=require('motoko/packages/latest/core.json');
mo.compiler.setExtraFlags(['--implicit-package','core','--default-persistent-actors']);
mo.loadPackage(core);
console.log('cwd list', mo.list('.'), mo.list('/'));
mo.write('app/main.mo', `
import Map "mo:core/Map";
import Prim "mo:⛔";
import X "lib/x";
actor {
  type Standing = { role : Text; member : Text; name : Text };
  let m = Map.empty<Nat, Text>();
  public func add(k : Nat, v : Text) : async () { Map.add(m, k, v) };
  public query func get(k : Nat) : async ?Text { Map.get(m, k) };
  public shared func who() : async Text {
    let d : ?Standing = from_candid(Prim.callerInfoData<system>());
    debug_show(d, X.y, Prim.callerInfoSigner<system>())
  };
  public composite query func q() : async Text { "" };
};
`);
mo.write('app/lib/x.mo','module { public let y = 3 }');
mo.setPublicMetadata(['candid:service','candid:args','motoko:stable-types']);
for (let i=0;i<3;i++){ let t=Date.now(); const r=mo.compiler.compileWasm('ic','app/main.mo'); console.log(Date.now()-t, r.diagnostics, Object.keys(r.code||{}));
 if(r.code){const w=r.code.wasm; console.log(w.length, w.constructor.name, typeof r.code.candid, String(r.code.candid).slice(0,300), r.code.stable&&String(r.code.stable).slice(0,300));
 const b=Buffer.from(w); let p=8; while(p<b.length){const id=b[p++]; let n=0,s=0,c; do{c=b[p++]; n|=(c&127)<<s; s+=7}while(c&128); if(id===0){let q=p,l=b[q++]; console.log('section',b.slice(q,q+l).toString(), n)} p+=n;}}}
mo.write('bad/main.mo','import X "/etc/hostname";\nimport Y "../../x.mo"; import Z "mo:nope/Foo"; actor { let x : Nat = "a"; func f() = y; }');
console.log(JSON.stringify(mo.check('bad/main.mo'),null,1));
mo.write('bad/p.mo','actor { let x = ; }');
console.log(JSON.stringify(mo.check('bad/p.mo')));
console.log(require('fs').existsSync('app'), mo.list('.'), mo.list('app'));
console.log(mo.compiler.gcFlags+'' .slice(0,0), mo.version);
