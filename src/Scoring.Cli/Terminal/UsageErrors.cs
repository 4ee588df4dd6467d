using System.CommandLine;
using System.CommandLine.Parsing;
using Scoring.Core.Names;

namespace Scoring.Cli.Terminal;

/// <summary>What is wrong with a command line, in one sentence: an unknown command or option is told before what is missing because of it.</summary>
internal static class UsageErrors
{
    /// <summary>What is wrong; null when nothing is.</summary>
    public static string? Of(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        // One that does something by itself needs none of those below it.
        string[] commands = command.Action is null ? [.. command.Subcommands.Select(below => below.Name)] : [];
        var given = parsed.UnmatchedTokens.Count > 0 ? parsed.UnmatchedTokens[0] : null;
        if (commands.Length > 0 && given is not null && !LooksLikeOption(given))
        {
            return $"There is no command '{given}'; there are {string.Join(", ", commands)}{DidYouMean(given, commands)}";
        }

        if (UnknownOption(parsed) is { } option)
        {
            if (OptionsOf(parsed).SelectMany(NamesOf).Contains(option))
            {
                return $"The option '{option}' belongs behind the command.";
            }
            // The dashes are what all of them begin with.
            var known = OptionsOf(parsed).SelectMany(NamesOf).Where(LooksLong).Select(name => name[2..]);
            return $"There is no option '{option}'{DidYouMean(option.TrimStart('-'), known, "--")}";
        }

        return parsed.Errors.Count == 0 ? null
            : commands.Length > 0 ? $"A command is missing; there are {string.Join(", ", commands)}."
            : Sentence(parsed.Errors[0]);
    }

    private static bool LooksLong(string name) => name.StartsWith("--", StringComparison.Ordinal);

    private static bool LooksLikeOption(string text) => text is ['-', _, ..];

    /// <summary>A token that looks like an option and was taken for an argument, or for nothing.</summary>
    private static string? UnknownOption(ParseResult parsed)
    {
        var literal = parsed.Tokens.SkipWhile(token => token.Type != TokenType.DoubleDash).ToHashSet();
        return parsed
            .CommandResult.Children.OfType<ArgumentResult>()
            .SelectMany(argument => argument.Tokens)
            .Where(token => !literal.Contains(token))
            .Select(token => token.Value)
            .Concat(literal.Count == 0 ? parsed.UnmatchedTokens : [])
            .FirstOrDefault(LooksLikeOption);
    }

    private static IEnumerable<Option> OptionsOf(ParseResult parsed) =>
        parsed.CommandResult.Command.Options.Concat(parsed.RootCommandResult.Command.Options);

    private static IEnumerable<string> NamesOf(Option option) => option.Aliases.Prepend(option.Name);

    private static string DidYouMean(string name, IEnumerable<string> known, string prefix = "") =>
        new NearestTexts(name, known).Nearest is { } nearest ? $"; did you mean {prefix}{nearest}?" : ".";

    private static string Sentence(ParseError error) =>
        error.SymbolResult is OptionResult { Option: var option, Tokens: [var token, ..] }
        && error.Message.StartsWith("Cannot parse", StringComparison.Ordinal)
            ? $"{option.Name} must be {KindOf(option.ValueType)}, not '{token.Value}'."
            : InOneLine(error.Message);

    /// <summary>What may be chosen from stands on lines of its own.</summary>
    private static string InOneLine(string message) =>
        message.Split(['\n', '\r', '\t'], StringSplitOptions.RemoveEmptyEntries) is [var first, _, ..] lines
            ? $"{first} {string.Join(", ", lines[1..])}."
            : message;

    private static string KindOf(Type type) => type == typeof(bool) ? "true or false" : "a whole number";
}
