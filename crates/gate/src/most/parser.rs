//! The grammar of stable signatures, headers 1.0.0 to 4.0.0.
//!
//! ```text
//! signature = { "type" name [params] "=" type ";" } [chain] "actor" body
//! body      = "{" fields "}" | "(" "{" fields "}" "," "{" fields "}" ")"      before and after a migration
//! chain     = "{" text ":" type "->" type ";" … "}"                           a migration chain
//! fields    = ("stable" | "in") ["var"] name ":" type ";" …
//! ```

use std::{collections::BTreeMap, rc::Rc};

use super::{
    Definition, Field, MOST_DEPTH, MostError, Signature, Ty,
    lexer::{Kind, Token, tokens},
};

pub(super) fn signature(text: &str) -> Result<Signature, MostError> {
    let mut parser = Parser { tokens: tokens(text)?, at: 0, depth: 0 };
    let mut signature = Signature::default();
    while parser.takes_word("type") {
        let (name, definition) = parser.definition()?;
        signature.types.insert(name, definition);
        parser.takes(";");
    }
    if parser.sees("{") {
        signature.steps = parser.chain()?;
    }
    parser.word("actor")?;
    if parser.takes("(") {
        let before = parser.variables()?;
        parser.mark(",")?;
        signature.kept = parser.variables()?.into_iter().map(|(_, field)| field).collect();
        parser.mark(")")?;
        signature.converted = before.into_iter().filter(|(taken, _)| *taken).map(|(_, field)| field).collect();
    } else {
        signature.kept = parser.variables()?.into_iter().map(|(_, field)| field).collect();
    }
    parser.takes(";");
    if !matches!(parser.peek(), Kind::End) {
        return Err(parser.unexpected("the end"));
    }
    Ok(signature)
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> &Kind {
        self.ahead(0)
    }

    fn ahead(&self, by: usize) -> &Kind {
        self.tokens.get(self.at + by).map_or(&Kind::End, |token| &token.kind)
    }

    fn sees(&self, mark: &str) -> bool {
        matches!(self.peek(), Kind::Mark(found) if *found == mark)
    }

    fn sees_word(&self, word: &str) -> bool {
        matches!(self.peek(), Kind::Word(found) if found == word)
    }

    fn takes(&mut self, mark: &str) -> bool {
        let sees = self.sees(mark);
        self.at += usize::from(sees);
        sees
    }

    fn takes_word(&mut self, word: &str) -> bool {
        let sees = self.sees_word(word);
        self.at += usize::from(sees);
        sees
    }

    fn mark(&mut self, mark: &'static str) -> Result<(), MostError> {
        if self.takes(mark) { Ok(()) } else { Err(self.unexpected(mark)) }
    }

    fn word(&mut self, word: &'static str) -> Result<(), MostError> {
        if self.takes_word(word) { Ok(()) } else { Err(self.unexpected(word)) }
    }

    fn name(&mut self) -> Result<String, MostError> {
        let Kind::Word(name) = self.peek() else { return Err(self.unexpected("a name")) };
        let name = name.clone();
        self.at += 1;
        Ok(name)
    }

    fn unexpected(&self, expected: &'static str) -> MostError {
        let found = match self.peek() {
            Kind::Word(text) | Kind::Text(text) => crate::words::shortened(text, 40),
            Kind::Mark(mark) => (*mark).into(),
            Kind::End => "the end".into(),
        };
        let line = self.tokens.get(self.at).map_or(0, |token| token.line);
        MostError::Unexpected { line, expected, found }
    }

    fn definition(&mut self) -> Result<(String, Definition), MostError> {
        let name = self.name()?;
        let params = self.params()?;
        self.mark("=")?;
        Ok((name, Definition { params, body: self.ty()? }))
    }

    fn params(&mut self) -> Result<Vec<String>, MostError> {
        let mut params = Vec::new();
        if !self.takes("<") {
            return Ok(params);
        }
        while !self.takes(">") {
            params.push(self.name()?);
            if self.takes("<:") {
                self.ty()?;
            }
            self.takes(",");
        }
        Ok(params)
    }

    fn chain(&mut self) -> Result<Vec<(String, Vec<String>)>, MostError> {
        let mut steps = Vec::new();
        self.mark("{")?;
        while !self.takes("}") {
            let Kind::Text(name) = self.peek().clone() else { return Err(self.unexpected("the name of a migration")) };
            self.at += 1;
            self.mark(":")?;
            let takes = self.plain()?;
            self.mark("->")?;
            self.ty()?;
            let fields = match &*takes {
                Ty::Record(fields) => fields.iter().map(|field| field.name.clone()).collect(),
                _ => Vec::new(),
            };
            steps.push((name, fields));
            self.takes(";");
        }
        Ok(steps)
    }

    /// Each variable, and whether a migration function takes it in.
    fn variables(&mut self) -> Result<Vec<(bool, Field)>, MostError> {
        let mut found = BTreeMap::new();
        self.mark("{")?;
        while !self.takes("}") {
            let taken = self.takes_word("in");
            if !taken {
                self.word("stable")?;
            }
            let (name, ty) = self.field()?;
            found.insert(name, (taken, ty));
            if !self.takes(";") && !self.sees("}") {
                return Err(self.unexpected(";"));
            }
        }
        Ok(found.into_iter().map(|(name, (taken, ty))| (taken, Field { name, ty })).collect())
    }

    fn field(&mut self) -> Result<(String, Rc<Ty>), MostError> {
        self.takes_word("var");
        let name = self.name()?;
        self.mark(":")?;
        Ok((name, self.ty()?))
    }

    fn ty(&mut self) -> Result<Rc<Ty>, MostError> {
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            return Err(MostError::TooLarge("types are nested too deep"));
        }
        let ty = self.function_or_plain();
        self.depth -= 1;
        ty
    }

    fn function_or_plain(&mut self) -> Result<Rc<Ty>, MostError> {
        let start = self.at;
        if self.sees("<") {
            self.params()?;
        }
        for word in ["shared", "composite", "query"] {
            self.takes_word(word);
        }
        let plain = self.plain()?;
        let mut opaque = false;
        while self.takes("->") || self.takes_word("and") || self.takes_word("or") {
            self.ty()?;
            opaque = true;
        }
        Ok(if opaque { self.opaque(start) } else { plain })
    }

    fn plain(&mut self) -> Result<Rc<Ty>, MostError> {
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            return Err(MostError::TooLarge("types are nested too deep"));
        }
        let ty = self.plain_unbounded();
        self.depth -= 1;
        ty
    }

    fn plain_unbounded(&mut self) -> Result<Rc<Ty>, MostError> {
        let start = self.at;
        if self.takes("?") {
            return Ok(Rc::new(Ty::Opt(self.plain()?)));
        }
        if self.takes("{") {
            return self.braces();
        }
        if self.takes("[") {
            self.takes_word("var");
            let element = self.ty()?;
            self.mark("]")?;
            return Ok(Rc::new(Ty::Array(element)));
        }
        if self.takes("(") {
            return self.parenthesis();
        }
        if self.takes_word("async") {
            self.takes("*");
            self.plain()?;
            return Ok(self.opaque(start));
        }
        let sort = self.sees_word("actor") || self.sees_word("module") || self.sees_word("object");
        if sort && matches!(self.ahead(1), Kind::Mark("{")) {
            self.at += 1;
            self.plain()?;
            return Ok(self.opaque(start));
        }
        self.named()
    }

    fn named(&mut self) -> Result<Rc<Ty>, MostError> {
        let mut name = self.name()?;
        // A weak reference is as good as what it points to.
        if name == "weak" && matches!(self.peek(), Kind::Word(_) | Kind::Mark("{" | "[" | "?" | "(")) {
            return self.plain();
        }
        while self.takes(".") {
            name = format!("{name}.{}", self.name()?);
        }
        let mut args = Vec::new();
        if self.takes("<") {
            while !self.takes(">") {
                args.push(self.ty()?);
                if !self.takes(",") && !self.sees(">") {
                    return Err(self.unexpected(">"));
                }
            }
        }
        Ok(Rc::new(Ty::Name(name, args)))
    }

    fn braces(&mut self) -> Result<Rc<Ty>, MostError> {
        if self.sees("#") {
            return self.variant();
        }
        let mut fields = BTreeMap::new();
        while !self.takes("}") {
            // Types inside of an object type hold no data.
            if self.sees_word("type") && matches!(self.ahead(1), Kind::Word(_)) {
                self.at += 1;
                self.definition()?;
            } else {
                let (name, ty) = self.field()?;
                fields.insert(name, ty);
            }
            if !self.takes(";") && !self.sees("}") {
                return Err(self.unexpected("}"));
            }
        }
        Ok(Rc::new(Ty::Record(fields.into_iter().map(|(name, ty)| Field { name, ty }).collect())))
    }

    fn variant(&mut self) -> Result<Rc<Ty>, MostError> {
        let mut cases = BTreeMap::new();
        while !self.takes("}") {
            self.mark("#")?;
            if self.takes("}") {
                break;
            }
            let tag = self.name()?;
            let ty = if self.takes(":") { self.ty()? } else { Rc::new(Ty::Tuple(Vec::new())) };
            cases.insert(tag, ty);
            if !self.takes(";") && !self.sees("}") {
                return Err(self.unexpected("}"));
            }
        }
        Ok(Rc::new(Ty::Variant(cases.into_iter().collect())))
    }

    /// A tuple, or a type in parentheses; parts of tuples may be named.
    fn parenthesis(&mut self) -> Result<Rc<Ty>, MostError> {
        let mut parts = Vec::new();
        while !self.takes(")") {
            if matches!((self.peek(), self.ahead(1)), (Kind::Word(_), Kind::Mark(":"))) {
                self.at += 2;
            }
            parts.push(self.ty()?);
            if !self.takes(",") && !self.sees(")") {
                return Err(self.unexpected(")"));
            }
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Rc::new(Ty::Tuple(parts)) })
    }

    /// What was read since `start`, as a text. The numbers that tell equal names apart differ between versions.
    fn opaque(&self, start: usize) -> Rc<Ty> {
        let word = |token: &Token| match &token.kind {
            Kind::Word(text) => text.rsplit_once("__").map_or(text.as_str(), |(name, _)| name).to_owned(),
            Kind::Text(text) => text.clone(),
            Kind::Mark(mark) => (*mark).to_owned(),
            Kind::End => String::new(),
        };
        Rc::new(Ty::Opaque(self.tokens[start..self.at].iter().map(word).collect::<Vec<_>>().join(" ")))
    }
}
