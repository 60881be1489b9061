# bash completion for eti: options here, commands from the daemon. Install as
# /usr/share/bash-completion/completions/eti
_eti() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    local -a socket=()
    local i words line before
    for ((i = 1; i < COMP_CWORD; ++i)); do
        [ "${COMP_WORDS[i]}" = --socket ] && socket=(--socket "${COMP_WORDS[i + 1]}")
    done
    COMPREPLY=()
    case $previous in
        -f | --socket)
            mapfile -t COMPREPLY < <(compgen -f -- "$current")
            return
            ;;
        -c)
            # The command is one word of the shell, perhaps begun with a quote.
            line=${current#[\"\']}
            before=${line%"${line##* }"}
            words=$(eti "${socket[@]}" --complete "$line" 2>/dev/null) || return 0
            mapfile -t COMPREPLY < <(compgen -W "$words" -- "${line##* }")
            if [ "${current%"$line"}" = "" ]; then
                [ -z "$before" ] && return
                before=${before// /\\ }
            fi
            COMPREPLY=("${COMPREPLY[@]/#/$before}")
            return
            ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "-c -f --socket --help --version" -- "$current")
}
complete -F _eti eti
