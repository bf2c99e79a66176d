package funcs

var jsonFuncs = []*Func{}
