package funcs

var urlFuncs = []*Func{}
