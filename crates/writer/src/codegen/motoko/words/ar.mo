/// The sentences that people read when something is not possible.
module {
  public let denied = "لا يمكنك فعل هذا هنا.";
  public let unknown = "افتح رابط دعوتك أولًا حتى تُسجَّل الإجابة باسمك.";
  public let notInvited = "لا شيء هنا لتجيب عنه بعد. اسأل من دعاك.";
  public let already = "لقد أجبت من قبل. غيّر إجابتك بدلًا من ذلك.";
  public let archived = "وُضع هذا الجزء من التطبيق جانبًا.";
  public let gone = "لم يعد موجودًا، أو ليس لك.";
  public func full(plural : Text) : Text = "لم يعد هناك متسع في " # plural # ".";
  public func missing(what : Text) : Text = what # " ناقص.";
  public func tooLong(what : Text, most : Text) : Text = what # " أطول من " # most # " حرفًا.";
  public func notEmail(what : Text) : Text = what # " لا يبدو عنوان بريد إلكتروني.";
  public func notPhone(what : Text) : Text = what # " لا يبدو رقم هاتف.";
  public func notUrl(what : Text) : Text = what # " يجب أن يكون عنوان ويب يبدأ بـ https:// أو http://.";
  public func notDate(what : Text) : Text = what # " ليس تاريخًا.";
  public func notTime(what : Text) : Text = what # " ليس وقتًا.";
  public func tooSmall(what : Text, least : Text) : Text = what # " يجب ألا يقل عن " # least # ".";
  public func tooLarge(what : Text, most : Text) : Text = what # " يجب ألا يزيد على " # most # ".";
  public func notOption(what : Text) : Text = what # " ليس من الخيارات.";
  public func noSuch(what : Text) : Text = what # " لم يعد موجودًا. اختر غيره.";
  public func taken(what : Text) : Text = what # " مستخدم من قبل.";
  public func noPlaces(what : Text, places : Text, free : Text) : Text = what # ": عدد الأماكن " # places # "، والمتاح منها " # free # "، وهذا لا يكفي.";
  public func tooFew(what : Text, taken : Text) : Text = what # " لا يمكن أن يكون بهذا الصغر: الأماكن المشغولة " # taken # ".";
  public func stillUsed(what : Text, count : Text, plural : Text) : Text = what # " ما زال مستخدمًا في " # plural # "، عدد المرات: " # count # ". غيّرها أولًا.";
};
