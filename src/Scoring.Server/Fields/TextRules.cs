using System.Buffers;
using System.Text;
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

    /// <summary>Checks a text without control characters.</summary>
    public static FieldFault? Check(string text, string field, int maxBytes)
    {
        Span<byte> utf8 = stackalloc byte[maxBytes];
        return Encode(text, field, utf8, out var written) ?? Check(utf8[..written], field, maxBytes);
    }

    /// <summary>Checks a text without control characters that must not be empty.</summary>
    public static FieldFault? CheckRequired(string text, string field, int maxBytes) =>
        text.Length == 0 ? Missing(field) : Check(text, field, maxBytes);

    /// <summary>Checks a text without control characters that came as UTF-8.</summary>
    public static FieldFault? Check(ReadOnlySpan<byte> utf8, string field, int maxBytes) =>
        utf8.Length <= maxBytes && !utf8.ContainsAnyExceptInRange((byte)' ', (byte)'~')
            ? null
            : CheckBeyondAscii(utf8, field, maxBytes);

    /// <summary>Checks a text without control characters that came as UTF-8 and must not be empty.</summary>
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
        Span<byte> utf8 = stackalloc byte[Limits.AttributeValueBytes];
        foreach (var (key, value) in attributes)
        {
            if (!isKey(key))
            {
                return FieldFault.Invalid("attributes", ruleOfKeys);
            }

            if (Encode(value, "attributes", utf8, out _) is { } fault)
            {
                return fault with { Field = $"attributes[{key}]" };
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
        if (!Utf8.IsValid(utf8))
        {
            return FieldFault.Invalid(field, "must be UTF-8");
        }
        foreach (var rune in Encoding.UTF8.GetString(utf8).EnumerateRunes())
        {
            if (Rune.IsControl(rune))
            {
                return HasControlCharacters(field);
            }
        }
        return null;
    }

    private static FieldFault HasControlCharacters(string field) =>
        FieldFault.Invalid(field, "must not contain control characters");

    private static FieldFault TooLong(string field, int maxBytes) =>
        new(RejectionReason.FieldTooLong, field, $"must be at most {maxBytes} bytes of UTF-8");

    private static FieldFault? Encode(string text, string field, Span<byte> utf8, out int written) =>
        Utf8.FromUtf16(text, utf8, out _, out written, replaceInvalidSequences: false) switch
        {
            OperationStatus.Done => null,
            OperationStatus.DestinationTooSmall => TooLong(field, utf8.Length),
            _ => FieldFault.Invalid(field, "must be Unicode text without unpaired surrogates"),
        };

    private static bool IsCustomerAttributeKey(string key) =>
        key.Length is >= 1 and <= Limits.AttributeKeyBytes
        && (char.IsAsciiLetter(key[0]) || key[0] == '_')
        && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.');
}
