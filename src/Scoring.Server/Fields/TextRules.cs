using System.Buffers;
using System.Text.Unicode;
using Scoring.Core;
using Scoring.Core.Recording;
using Scoring.Server.Errors;

namespace Scoring.Server.Fields;

/// <summary>What ids, names and attributes may look like.</summary>
internal static class TextRules
{
    /// <summary>Longest workspace or model name, in bytes. All names that exist are ASCII.</summary>
    public const int NameOfWorkspaceOrModel = 64;

    /// <summary>Checks a text that others will see.</summary>
    public static FieldFault? Check(string text, string field, int maxBytes) =>
        Check(text, field, maxBytes, UnseenCharacters.FaultOf(text));

    /// <summary>Checks a text that others will see and that must not be empty.</summary>
    public static FieldFault? CheckRequired(string text, string field, int maxBytes) =>
        text.Length == 0 ? Missing(field) : Check(text, field, maxBytes);

    /// <summary>Checks a text that something stored is looked for by. It may be what earlier builds took.</summary>
    public static FieldFault? CheckSought(string text, string field, int maxBytes) =>
        text.Length == 0 ? Missing(field) : Check(text, field, maxBytes, UnseenCharacters.FaultOfSought(text));

    /// <summary>Checks prose that others will see: it may have lines, and text from right to left.</summary>
    public static FieldFault? CheckProse(string text, string field, int maxBytes) =>
        Check(text, field, maxBytes, UnseenCharacters.FaultOfProse(text));

    /// <summary>Checks a text that others will see and that came as UTF-8.</summary>
    public static FieldFault? Check(ReadOnlySpan<byte> utf8, string field, int maxBytes) =>
        utf8.Length <= maxBytes && !utf8.ContainsAnyExceptInRange((byte)' ', (byte)'~')
            ? null
            : CheckBeyondAscii(utf8, field, maxBytes);

    /// <summary>Checks a text that others will see, that came as UTF-8 and must not be empty.</summary>
    public static FieldFault? CheckRequired(ReadOnlySpan<byte> utf8, string field, int maxBytes) =>
        utf8.IsEmpty ? Missing(field) : Check(utf8, field, maxBytes);

    /// <summary>A required field is empty.</summary>
    public static FieldFault Missing(string field) =>
        new(RejectionReason.FieldMissing, field, "is required and must not be empty");

    /// <summary>Checks a customer's attributes.</summary>
    public static FieldFault? CheckCustomerAttributes(IEnumerable<KeyValuePair<string, string>> attributes) =>
        CheckAttributes(
            attributes,
            IsCustomerAttributeKey,
            $"must have keys of 1 to {Limits.AttributeKeyBytes} letters, digits, '_', '-' or '.', starting with a letter or '_'"
        );

    /// <summary>Checks an account's attributes.</summary>
    public static FieldFault? CheckAccountAttributes(IEnumerable<KeyValuePair<string, string>> attributes) =>
        CheckAttributes(
            attributes,
            key => CheckRequired(key, "attributes", Limits.AttributeKeyBytes) is null,
            $"must have keys of 1 to {Limits.AttributeKeyBytes} bytes without control characters"
        );

    private static FieldFault? CheckAttributes(
        IEnumerable<KeyValuePair<string, string>> attributes,
        Func<string, bool> isKey,
        string ruleOfKeys
    )
    {
        foreach (var (key, value) in attributes)
        {
            if (!isKey(key))
            {
                return FieldFault.Invalid("attributes", ruleOfKeys);
            }

            if (Check(value, $"attributes[{key}]", Limits.AttributeValueBytes) is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    private static FieldFault? CheckBeyondAscii(ReadOnlySpan<byte> utf8, string field, int maxBytes)
    {
        if (utf8.Length > maxBytes)
        {
            return TooLong(field, maxBytes);
        }
        Span<char> text = stackalloc char[utf8.Length];
        return Utf8.ToUtf16(utf8, text, out _, out var length, replaceInvalidSequences: false) == OperationStatus.Done
            ? Invalid(field, UnseenCharacters.FaultOf(text[..length]))
            : FieldFault.Invalid(field, "must be UTF-8");
    }

    private static FieldFault? Invalid(string field, string? fault) =>
        fault is null ? null : FieldFault.Invalid(field, fault);

    private static FieldFault TooLong(string field, int maxBytes) =>
        new(RejectionReason.FieldTooLong, field, $"must be at most {maxBytes} bytes of UTF-8");

    private static FieldFault? Check(string text, string field, int maxBytes, string? unseen)
    {
        Span<byte> utf8 = stackalloc byte[maxBytes];
        return Utf8.FromUtf16(text, utf8, out _, out _, replaceInvalidSequences: false) switch
        {
            OperationStatus.Done => Invalid(field, unseen),
            OperationStatus.DestinationTooSmall => TooLong(field, maxBytes),
            _ => FieldFault.Invalid(field, "must be Unicode text without unpaired surrogates"),
        };
    }

    /// <summary>Whether a text may be the key of an attribute of customers.</summary>
    public static bool IsCustomerAttributeKey(string key) =>
        key.Length is >= 1 and <= Limits.AttributeKeyBytes
        && (char.IsAsciiLetter(key[0]) || key[0] == '_')
        && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.');
}
