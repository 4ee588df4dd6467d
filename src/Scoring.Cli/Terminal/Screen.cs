using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Spectre.Console;

namespace Scoring.Cli.Terminal;

/// <summary>Where a command writes: answers to the output, progress and errors beside it.</summary>
/// <param name="Output">Answers, for people.</param>
/// <param name="Error">Progress and errors.</param>
/// <param name="RawOutput">Answers, for programs.</param>
internal sealed record Screen(IAnsiConsole Output, IAnsiConsole Error, TextWriter RawOutput)
{
    // Tables are laid out for this; a wider terminal would only stretch them.
    private const int MaxWidth = 120;
    private const int WidthWithoutTerminal = 110;

    // One error is one line for whoever reads a log.
    private const int Unwrapped = 10_000;

    private static readonly JsonFormatter Formatter = new(
        JsonFormatter.Settings.Default.WithFormatDefaultValues(true).WithIndentation()
    );

    private static readonly JsonSerializerOptions Summaries = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>The screen of this process: colours and live progress only where a terminal shows them.</summary>
    public static Screen OfProcess()
    {
        Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        return new Screen(
            Create(Console.Out, Console.IsOutputRedirected, WidthWithoutTerminal),
            Create(Console.Error, Console.IsErrorRedirected, Unwrapped),
            new VisibleWriter(Console.Out)
        );
    }

    /// <summary>A screen without a terminal.</summary>
    public static Screen Of(TextWriter output, TextWriter error) =>
        new(Create(output, true, WidthWithoutTerminal), Create(error, true, Unwrapped), new VisibleWriter(output));

    /// <summary>Writes an answer, as JSON for programs or as people read it.</summary>
    public void Write(IMessage answer, bool json, Action<IAnsiConsole> show)
    {
        if (json)
        {
            WriteJson(answer);
        }
        else
        {
            show(Output);
        }
    }

    /// <summary>Writes a message in the JSON mapping of protobuf.</summary>
    public void WriteJson(IMessage message) => RawOutput.WriteLine(Formatter.Format(message));

    /// <summary>Writes what a command found out by itself as JSON.</summary>
    public void WriteSummary<T>(T summary) => RawOutput.WriteLine(JsonSerializer.Serialize(summary, Summaries));

    /// <summary>Writes several messages as a JSON array.</summary>
    public void WriteJson(IEnumerable<IMessage> messages) =>
        RawOutput.WriteLine($"[{string.Join(",\n", messages.Select(message => Formatter.Format(message)))}]");

    private static IAnsiConsole Create(TextWriter writer, bool redirected, int widthWithoutTerminal)
    {
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
                ColorSystem = redirected ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
                Interactive = redirected ? InteractionSupport.No : InteractionSupport.Detect,
                Out = new AnsiConsoleOutput(writer),
            }
        );
        // The one place where all that is shown passes.
        console.Pipeline.Attach(new VisibleText());
        console.Profile.Width = redirected ? widthWithoutTerminal : Math.Min(console.Profile.Width, MaxWidth);
        console.Profile.Capabilities.Unicode = true;
        return console;
    }
}
