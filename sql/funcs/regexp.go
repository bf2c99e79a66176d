package funcs

var regexpFuncs = []*Func{}
