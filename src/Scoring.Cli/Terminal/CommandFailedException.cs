namespace Scoring.Cli.Terminal;

/// <summary>Ends a command with one line for people: what is wrong and what to do about it.</summary>
internal sealed class CommandFailedException : Exception
{
    public CommandFailedException(string message)
        : base(message) { }

    public CommandFailedException(string message, Exception innerException)
        : base(message, innerException) { }
}
