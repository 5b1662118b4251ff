/// The sentences that people read when something is not possible.
module {
  public let denied = "您在这里不能这样做。";
  public let unknown = "请先打开您自己的邀请链接,这样答复才会记在您名下。";
  public let notInvited = "这里还没有需要您答复的内容。请问问邀请您的人。";
  public let already = "您已经答复过了。请直接修改您的答复。";
  public let archived = "应用的这一部分已经收起。";
  public let gone = "它已经不在了,或者不属于您。";
  public func full(plural : Text) : Text = plural # "已经没有空位了。";
  public func missing(what : Text) : Text = what # "还没有填写。";
  public func tooLong(what : Text, most : Text) : Text = what # "不能超过 " # most # " 个字符。";
  public func notEmail(what : Text) : Text = what # "不像电子邮箱地址。";
  public func notPhone(what : Text) : Text = what # "不像电话号码。";
  public func notUrl(what : Text) : Text = what # "必须是以 https:// 或 http:// 开头的网址。";
  public func notDate(what : Text) : Text = what # "不是日期。";
  public func notTime(what : Text) : Text = what # "不是时间。";
  public func tooSmall(what : Text, least : Text) : Text = what # "不能小于 " # least # "。";
  public func tooLarge(what : Text, most : Text) : Text = what # "不能大于 " # most # "。";
  public func notOption(what : Text) : Text = what # "不是可选项之一。";
  public func noSuch(what : Text) : Text = what # "已经不在了。请另选一个。";
  public func taken(what : Text) : Text = what # "已经被占用了。";
  public func noPlaces(what : Text, places : Text, free : Text) : Text = what # "共有 " # places # " 个位置,只剩 " # free # " 个,不够。";
  public func tooFew(what : Text, taken : Text) : Text = what # "不能这么小:已有 " # taken # " 个位置被占用。";
  public func stillUsed(what : Text, count : Text, plural : Text) : Text = what # "还在" # plural # "中被使用 " # count # " 次。请先修改那些内容。";
};
