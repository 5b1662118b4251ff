/// The sentences that people read when something is not possible.
module {
  public let denied = "Huna ruhusa ya kufanya hivi hapa.";
  public let unknown = "Fungua kwanza kiungo chako mwenyewe cha mwaliko, ili jibu liwe lako.";
  public let notInvited = "Bado hakuna cha kujibu hapa. Muulize aliyekualika.";
  public let already = "Umeshajibu. Badilisha jibu lako badala yake.";
  public let archived = "Sehemu hii ya programu imewekwa kwenye kumbukumbu.";
  public let gone = "Haipo tena, au si yako.";
  public func full(plural : Text) : Text = "Hakuna nafasi zaidi kwenye " # plural # ".";
  public func missing(what : Text) : Text = what # " haijajazwa.";
  public func tooLong(what : Text, most : Text) : Text = what # " imezidi herufi " # most # ".";
  public func notEmail(what : Text) : Text = what # " haionekani kuwa anwani ya barua pepe.";
  public func notPhone(what : Text) : Text = what # " haionekani kuwa nambari ya simu.";
  public func notUrl(what : Text) : Text = what # " lazima iwe anwani ya wavuti inayoanza na https:// au http://.";
  public func notDate(what : Text) : Text = what # " si tarehe.";
  public func notTime(what : Text) : Text = what # " si saa.";
  public func tooSmall(what : Text, least : Text) : Text = what # " lazima iwe angalau " # least # ".";
  public func tooLarge(what : Text, most : Text) : Text = what # " isizidi " # most # ".";
  public func notOption(what : Text) : Text = what # " si mojawapo ya machaguo.";
  public func noSuch(what : Text) : Text = what # " haipo tena. Chagua nyingine.";
  public func taken(what : Text) : Text = what # " imeshachukuliwa.";
  public func noPlaces(what : Text, places : Text, free : Text) : Text = what # ": kati ya nafasi " # places # " zimebaki " # free # ", hazitoshi.";
  public func tooFew(what : Text, taken : Text) : Text = what # " haiwezi kuwa ndogo hivyo: nafasi " # taken # " zimeshachukuliwa.";
  public func stillUsed(what : Text, count : Text, plural : Text) : Text = what # " bado inatumika mara " # count # " kwenye " # plural # ". Badilisha hizo kwanza.";
};
