package funcs

var arrayFuncs = []*Func{}
