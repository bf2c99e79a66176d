# Completion of logsql's commands for bash; the package bash-completion is not needed.

# __logsql_words cuts what stands before the cursor into words as the shell would,
# the last of them word. A quote that is still open is no matter.
__logsql_words()
{
    local line=${COMP_LINE:0:COMP_POINT} quote= begun= c i
    words=() word=
    for ((i = 0; i < ${#line}; i++)); do
        c=${line:i:1}
        if [[ $quote == "'" && $c != "'" || $quote == '"' && $c != [\"\\] ]]; then
            word+=$c
        elif [[ $c == "$quote" ]]; then
            quote=
        elif [[ $c == [\"\'] ]]; then
            quote=$c begun=1
        elif [[ $c == \\ ]]; then
            word+=${line:$((++i)):1} begun=1
        elif [[ $c == [[:space:]] ]]; then
            [[ $begun ]] && words+=("$word")
            word= begun=
        else
            word+=$c begun=1
        fi
    done
    open=$quote
}

__logsql_complete()
{
    local -a words candidates
    local word open directive=0 value line out
    __logsql_words
    out=$("$1" __completeNoDesc "${words[@]:1}" "$word" 2>/dev/null)
    while IFS= read -r line; do
        candidates+=("$line")
    done <<<"$out"
    line=${candidates[${#candidates[@]}-1]} # the last says how to go on
    [[ $line == :* ]] || return
    directive=${line#:}
    unset "candidates[${#candidates[@]}-1]"
    ((directive & 2)) && compopt -o nospace 2>/dev/null # bash 3 has none
    ((directive & 4)) && compopt +o default 2>/dev/null
    value=$word
    [[ $word == -*=* ]] && value=${word#*=}
    COMPREPLY=()
    if ((directive & 16)); then
        while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -d -- "$value")
        compopt -o filenames 2>/dev/null
        return
    fi
    # Bash takes what stands behind = and : for the word; what is before it stays.
    local before=
    [[ $open || $value != *[=:]* ]] || before=${value%"${value##*[=:]}"}
    for line in "${candidates[@]}"; do
        [[ $line == "$value"* ]] || continue
        line=${line#"$before"}
        [[ $open ]] || printf -v line %q "$line"
        COMPREPLY+=("$line")
    done
}

complete -o default -F __logsql_complete logsql
