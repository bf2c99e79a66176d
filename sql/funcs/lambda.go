package funcs

var lambdaFuncs = []*Func{}
